package io.vectron.index.code;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Directions between vectors of whole lines. */
final class Directions {

    private static final VectorSpecies<Float> SPECIES = FloatShapes.SPECIES;

    private Directions() {}

    /**
     * Writes the direction from one vector to another, of length 1, to {@code to} from {@code at};
     * zeros if they are the same.
     *
     * <p>The lanes are added in one order: the compiler's own, which changes while a method is
     * compiled, would let one training differ from the next.
     *
     * @return their distance
     */
    static float between(float[] from, float[] other, float[] to, int at) {
        FloatVector sums = FloatVector.zero(SPECIES);
        for (int i = 0; i < from.length; i += SPECIES.length()) {
            FloatVector part = FloatShapes.load(other, i).sub(FloatShapes.load(from, i));
            part.intoArray(to, at + i);
            sums = part.fma(part, sums);
        }
        float sum = 0;
        for (int lane = 0; lane < SPECIES.length(); lane++) {
            sum += sums.lane(lane);
        }
        float length = (float) Math.sqrt(sum);
        if (length > 0) {
            multiply(to, at, from.length, 1 / length);
        }
        return length;
    }

    private static void multiply(float[] x, int at, int size, float factor) {
        for (int i = at; i < at + size; i += SPECIES.length()) {
            FloatShapes.load(x, i).mul(factor).intoArray(x, i);
        }
    }
}
