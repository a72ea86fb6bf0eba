package io.vectron.index.code;

import jdk.incubator.vector.FloatVector;

/** Arithmetic on vectors of whole lines. */
final class Directions {

    private Directions() {}

    /** {@code x -= y} */
    static void subtract(float[] x, float[] y) {
        for (int i = 0; i < x.length; i++) {
            x[i] -= y[i];
        }
    }

    /** Gives {@code x} the length 1 and returns its former length; a zero vector stays. */
    static float normalise(float[] x) {
        float length = (float) Math.sqrt(dot(x, x));
        if (length > 0) {
            float factor = 1 / length;
            for (int i = 0; i < x.length; i++) {
                x[i] *= factor;
            }
        }
        return length;
    }

    /**
     * Dot product. The lanes are added in this order: the compiler's own, which changes while a
     * method is compiled, would let one training differ from the next.
     */
    private static float dot(float[] x, float[] y) {
        FloatVector sums = FloatVector.zero(FloatShapes.SPECIES);
        for (int i = 0; i < x.length; i += FloatShapes.SPECIES.length()) {
            sums = FloatShapes.load(x, i).fma(FloatShapes.load(y, i), sums);
        }
        float sum = 0;
        for (float lane : sums.toArray()) {
            sum += lane;
        }
        return sum;
    }
}
