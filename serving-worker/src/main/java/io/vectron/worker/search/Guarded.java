package io.vectron.worker.search;

import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.worker.replica.DamagedReplicaException;
import io.vectron.worker.replica.ShardReplica;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads of a replica that stop it, and nothing else of the worker, when they find damage. */
final class Guarded {
    private Guarded() {}

    /** A read; null if the replica cannot be read now. */
    @FunctionalInterface
    interface Read<T> {
        @Nullable T read() throws IOException;
    }

    /**
     * Reads.
     *
     * @param otherwise the answer if the replica cannot be read, or no longer
     */
    static <T> T read(ShardReplica replica, Read<T> read, Supplier<T> otherwise) {
        try {
            T answer = read.read();
            return answer == null ? otherwise.get() : answer;
        } catch (CorruptSegmentException | DamagedReplicaException | IOException e) {
            replica.damaged(e);
            return otherwise.get();
        }
    }
}
