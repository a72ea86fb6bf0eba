package io.vectron.index.vector;

import jdk.incubator.vector.FloatVector;

/**
 * How many floats the kernels take at a time: 16, 8, 4, or 1 where there is no SIMD. It is what the
 * machine prefers; the system property {@code vectron.index.lanes} sets a lower number.
 */
public final class Lanes {

    /** Floats at a time; a constant once the class is loaded: kernels are compiled for it. */
    public static final int FLOATS = choose();

    private Lanes() {}

    private static int choose() {
        int preferred = Math.min(16, FloatVector.SPECIES_PREFERRED.length());
        int asked = Integer.getInteger("vectron.index.lanes", preferred);
        if (asked != 16 && asked != 8 && asked != 4 && asked != 1) {
            if (asked == preferred) {
                return 1; // an odd machine
            }
            throw new IllegalArgumentException(
                    "vectron.index.lanes is 16, 8, 4 or 1, not " + asked);
        }
        return Math.min(asked, preferred);
    }
}
