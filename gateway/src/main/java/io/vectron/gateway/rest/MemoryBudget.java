package io.vectron.gateway.rest;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.config.RestConfig;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what all requests together hold in bodies, decoded requests and answers. Nobody waits:
 * what does not fit is refused. A part is kept for small requests, so that large ones, which may
 * come slowly and stay long, leave room for the usual. Any thread.
 */
final class MemoryBudget {

    /** A request that holds no more than this is a small one, bytes. */
    static final int SMALL_BYTES = 128 * 1024;

    private static final String RETRY_AFTER_MS = "100";

    private final AtomicLong left;
    private final long kept;
    private final long largest;

    MemoryBudget(long bytes) {
        left = new AtomicLong(bytes);
        kept = bytes / RestConfig.KEPT_PART;
        largest = bytes - kept;
    }

    /** What one request holds; one thread. */
    final class Share implements AutoCloseable {

        private long held;

        /**
         * Takes more.
         *
         * @throws VectronException OVERLOADED; REQUEST_TOO_LARGE if there is never as much
         */
        void take(long bytes) {
            if (held + bytes > largest) {
                throw new VectronException(
                        ErrorCode.REQUEST_TOO_LARGE,
                        "the request takes more memory than the "
                                + largest
                                + " bytes that one may; ask for less at a time");
            }
            long floor = held + bytes <= SMALL_BYTES ? 0 : kept;
            if (left.addAndGet(-bytes) < floor) {
                left.addAndGet(bytes);
                throw new VectronException(
                        ErrorCode.OVERLOADED,
                        null,
                        "requests being served hold too much memory",
                        Map.of("retry_after_ms", RETRY_AFTER_MS));
            }
            held += bytes;
        }

        /** Gives a part back. */
        void give(long bytes) {
            held -= bytes;
            left.addAndGet(bytes);
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
