package io.vectron.index.code;

import io.vectron.index.vector.Lanes;

/**
 * The order in which kernels want the 16-bit values of a query: of each block of bytes as long as a
 * SIMD register the even ones first, then the odd ones, because a register of codes is taken apart
 * by a mask and a shift.
 */
final class QueryOrder {

    /** Bytes of a register, or 1 where the kernels are plain loops and the order is plain. */
    static final int BLOCK = Lanes.FLOATS == 1 ? 1 : Lanes.FLOATS * Float.BYTES;

    private QueryOrder() {}

    /** Where the value of dimension {@code j} goes. */
    static int place(int j) {
        if (BLOCK == 1) {
            return j;
        }
        int inBlock = j & (BLOCK - 1);
        return j - inBlock + (inBlock >> 1) + (inBlock & 1) * (BLOCK / 2);
    }

    /** Puts {@code (short) (from[j] + plus)} of all {@code count} values to their places. */
    static void roundUp(float[] from, float plus, short[] to, int count) {
        if (BLOCK == 1) {
            for (int j = 0; j < count; j++) {
                to[j] = (short) (int) (from[j] + plus);
            }
            return;
        }
        for (int block = 0; block < count; block += BLOCK) {
            for (int i = 0, j = block; i < BLOCK / 2; i++, j += 2) {
                to[block + i] = (short) (int) (from[j] + plus);
                to[block + BLOCK / 2 + i] = (short) (int) (from[j + 1] + plus);
            }
        }
    }
}
