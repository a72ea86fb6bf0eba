package io.vectron.replication;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.exceptions.AlreadyExistsException;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;

/** Waits for what Ratis does in the background. */
final class Waiting {
    /** Longest wait for a group to open, to close or to be checkpointed. */
    static final long GROUP_TIMEOUT_MS = 120_000;

    private Waiting() {}

    /** Waits for the result; tells apart what means that it was done before. */
    static <T> T await(String what, CompletableFuture<T> future) throws IOException {
        try {
            return future.get(GROUP_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted: " + what);
        } catch (TimeoutException e) {
            throw new IOException(what + " took longer than " + GROUP_TIMEOUT_MS + " ms", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AlreadyExistsException known) {
                throw known;
            }
            if (e.getCause() instanceof GroupMismatchException known) {
                throw known;
            }
            throw new IOException("could not " + what, e.getCause());
        }
    }
}
