package io.vectron.index.code;

/** Arithmetic on vectors of whole lines. Plain loops: the compiler makes them wide. */
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

    static float dot(float[] x, float[] y) {
        return io.vectron.index.vector.Kernels.dot(x, 0, y, 0, x.length);
    }
}
