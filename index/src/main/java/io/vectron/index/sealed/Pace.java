package io.vectron.index.sealed;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** How fast a scrub may read; also where it may tell of its progress. Used by one thread. */
@FunctionalInterface
public interface Pace {

    /**
     * Called after each piece that was read and found good; comes back when the next may be read.
     *
     * @param bytes how many were read since the last call
     * @throws InterruptedException if the scrub is to end early
     */
    void read(long bytes) throws InterruptedException;

    /** As fast as the disk. */
    static Pace unbounded() {
        return bytes -> {};
    }

    /**
     * At most so many bytes a second, evenly.
     *
     * @param bytesPerSecond at least 1
     * @param goesOn asked at every step and ten times a second; the scrub ends early when it says
     *     no, however long the wait would be
     */
    static Pace atMost(long bytesPerSecond, BooleanSupplier goesOn) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytes a second: " + bytesPerSecond);
        }
        long start = System.nanoTime();
        long[] sum = new long[1];
        return bytes -> {
            sum[0] += bytes;
            long due = (long) (sum[0] * (1e9 / bytesPerSecond));
            long ahead = due - (System.nanoTime() - start);
            while (ahead > 0 && goesOn.getAsBoolean()) {
                TimeUnit.NANOSECONDS.sleep(Math.min(ahead, 100_000_000));
                ahead = due - (System.nanoTime() - start);
            }
            if (Thread.interrupted() || !goesOn.getAsBoolean()) {
                throw new InterruptedException();
            }
        };
    }
}
