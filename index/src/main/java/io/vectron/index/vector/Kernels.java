package io.vectron.index.vector;

import static jdk.incubator.vector.VectorOperators.ADD;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot product and squared Euclidean distance by SIMD.
 *
 * <p>Rows and queries are padded with zeros to a multiple of {@link #PAD} floats, so that no kernel
 * has a scalar tail and a row's distance is the same number whichever path computes it. Four sums
 * at a time hide the latency of the fused multiply-add.
 */
public final class Kernels {

    /** Rows are padded to a multiple of this: the lanes of the widest species. */
    public static final int PAD = 16;

    // Constants: with a species that is a parameter, kernels are thirty times slower.
    static final VectorSpecies<Float> SPECIES =
            VectorSpecies.of(
                    float.class, VectorShape.forBitSize(Math.max(4, Lanes.FLOATS) * Float.SIZE));
    private static final int LANES = SPECIES.length();

    private Kernels() {}

    /** Floats of a padded row. */
    public static int padded(int dimension) {
        return (dimension + PAD - 1) / PAD * PAD;
    }

    /** Lanes in use, for reports. */
    public static int lanes() {
        return LANES;
    }

    /** Dot product of the {@code size} floats at {@code i} in x and at {@code j} in y. */
    public static float dot(float[] x, int i, float[] y, int j, int size) {
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int k = 0;
        for (int end = size - 4 * LANES; k <= end; k += 4 * LANES) {
            int m = i + k;
            int n = j + k;
            a = at(x, m).fma(at(y, n), a);
            b = at(x, m + LANES).fma(at(y, n + LANES), b);
            c = at(x, m + 2 * LANES).fma(at(y, n + 2 * LANES), c);
            d = at(x, m + 3 * LANES).fma(at(y, n + 3 * LANES), d);
        }
        for (; k < size; k += LANES) {
            a = at(x, i + k).fma(at(y, j + k), a);
        }
        return a.add(b).add(c.add(d)).reduceLanes(ADD);
    }

    /**
     * Squared Euclidean distance of the {@code size} floats at {@code i} in x and at {@code j} in
     * y.
     */
    public static float squaredDistance(float[] x, int i, float[] y, int j, int size) {
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int k = 0;
        for (int end = size - 4 * LANES; k <= end; k += 4 * LANES) {
            int m = i + k;
            int n = j + k;
            FloatVector e = at(x, m).sub(at(y, n));
            FloatVector f = at(x, m + LANES).sub(at(y, n + LANES));
            FloatVector g = at(x, m + 2 * LANES).sub(at(y, n + 2 * LANES));
            FloatVector h = at(x, m + 3 * LANES).sub(at(y, n + 3 * LANES));
            a = e.fma(e, a);
            b = f.fma(f, b);
            c = g.fma(g, c);
            d = h.fma(h, d);
        }
        for (; k < size; k += LANES) {
            FloatVector e = at(x, i + k).sub(at(y, j + k));
            a = e.fma(e, a);
        }
        return a.add(b).add(c.add(d)).reduceLanes(ADD);
    }

    private static FloatVector at(float[] from, int at) {
        return FloatVector.fromArray(SPECIES, from, at);
    }
}
