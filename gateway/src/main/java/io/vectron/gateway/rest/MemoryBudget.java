package io.vectron.gateway.rest;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what all requests together hold in bodies, decoded requests and answers. Nobody waits:
 * what does not fit is refused. Any thread.
 */
final class MemoryBudget {

    private static final String RETRY_AFTER_MS = "100";

    private final AtomicLong left;

    MemoryBudget(long bytes) {
        left = new AtomicLong(bytes);
    }

    /** What one request holds; one thread. */
    final class Share implements AutoCloseable {

        private long held;

        /**
         * Takes more.
         *
         * @throws VectronException OVERLOADED
         */
        void take(long bytes) {
            if (left.addAndGet(-bytes) < 0) {
                left.addAndGet(bytes);
                throw new VectronException(
                        ErrorCode.OVERLOADED,
                        null,
                        "requests being served hold too much memory",
                        Map.of("retry_after_ms", RETRY_AFTER_MS));
            }
            held += bytes;
        }

        /** Gives all of it back. */
        @Override
        public void close() {
            left.addAndGet(held);
            held = 0;
        }
    }

    /** A share that holds nothing yet. */
    Share open() {
        return new Share();
    }

    /** Bytes that nobody holds. */
    long left() {
        return left.get();
    }
}
