package io.vectron.index.sealed;

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
     */
    static Pace atMost(long bytesPerSecond) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytes a second: " + bytesPerSecond);
        }
        long start = System.nanoTime();
        long[] sum = new long[1];
        return bytes -> {
            sum[0] += bytes;
            long due = (long) (sum[0] * (1e9 / bytesPerSecond));
            long ahead = due - (System.nanoTime() - start);
            if (ahead > 0) {
                Thread.sleep(ahead / 1_000_000, (int) (ahead % 1_000_000));
            } else if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        };
    }
}
