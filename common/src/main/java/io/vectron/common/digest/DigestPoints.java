package io.vectron.common.digest;

/**
 * The positions of a log at which every replica notes its digest, also one that is filled from the
 * log again later: multiples of a fixed number. No batch has records on both sides of one.
 */
public final class DigestPoints {
    /** Positions from one to the next. Part of the contract: never to be changed. */
    public static final long EVERY = 1 << 16;

    private DigestPoints() {}

    /** The last one at or below a position. */
    public static long last(long position) {
        return position / EVERY * EVERY;
    }

    /** Whether a batch may have records at both offsets. */
    public static boolean together(long offset, long other) {
        return offset / EVERY == other / EVERY;
    }
}
