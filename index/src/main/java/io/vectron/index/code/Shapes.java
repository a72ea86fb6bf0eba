package io.vectron.index.code;

import io.vectron.index.vector.Lanes;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register shape of the kernels over codes. All constants: with a species that is a variable, a
 * kernel is thirty times slower.
 */
final class Shapes {

    /** Whether there is SIMD at all; otherwise kernels are plain loops. */
    static final boolean SIMD = Lanes.FLOATS > 1;

    static final VectorSpecies<Integer> INTS = shape().withLanes(int.class);
    static final VectorSpecies<Short> SHORTS = shape().withLanes(short.class);
    static final VectorSpecies<Byte> BYTES = shape().withLanes(byte.class);

    /** Bytes of a register. */
    static final int STEP = BYTES.length();

    /** 16-bit values of a register. */
    static final int HALF = STEP / 2;

    private static final int LOW_HALF = 0xFFFF;

    private Shapes() {}

    private static VectorShape shape() {
        return VectorShape.forBitSize(SIMD ? Lanes.FLOATS * Float.SIZE : 128);
    }

    /** Sums of unsigned 16-bit lanes, as ints. */
    static IntVector even(ShortVector sums) {
        return sums.reinterpretAsInts().and(LOW_HALF);
    }

    /** Sums of unsigned 16-bit lanes, as ints. */
    static IntVector odd(ShortVector sums) {
        return sums.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16);
    }
}
