package io.vectron.worker.shard;

import io.vectron.common.digest.Digest;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One unmoving state of a {@link PointStore}. Any thread may read, several at a time. */
public interface PointView extends AutoCloseable {
    /** The state; null if none was ever written. */
    @Nullable ShardState state() throws IOException;

    /** The digest as it was maintained, write by write. */
    Digest digest() throws IOException;

    /** The rows of those of the ids that have one. */
    Map<String, StoredRow> rows(Collection<String> ids) throws IOException;

    /** Visits every row, by ascending UTF-8 bytes of the id. */
    void scan(RowVisitor visitor) throws IOException;

    @Override
    void close();

    /** Takes the rows of a scan. */
    @FunctionalInterface
    interface RowVisitor {
        void visit(StoredRow row) throws IOException;
    }
}
