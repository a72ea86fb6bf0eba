package io.vectron.index;

import static jdk.incubator.vector.VectorOperators.ADD;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot product and squared Euclidean distance by SIMD.
 *
 * <p>Rows and queries are padded with zeros to a multiple of {@link #PAD} floats, so that no kernel
 * has a scalar tail and a row's distance is the same number whichever path computes it.
 */
final class Kernels {

    /** Rows are padded to a multiple of this: the lanes of the widest species. */
    static final int PAD = 16;

    private static final VectorSpecies<Float> SPECIES = widest();

    private Kernels() {}

    private static VectorSpecies<Float> widest() {
        VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
        return preferred.length() <= PAD ? preferred : FloatVector.SPECIES_512;
    }

    /** Floats of a padded row. */
    static int padded(int dimension) {
        return (dimension + PAD - 1) / PAD * PAD;
    }

    /** Lanes in use, for reports. */
    static int lanes() {
        return SPECIES.length();
    }

    /** Dot product of a padded query and the padded row at {@code at}. */
    static float dot(float[] query, float[] rows, int at) {
        return dot(SPECIES, query, rows, at);
    }

    /** Squared Euclidean distance of a padded query and the padded row at {@code at}. */
    static float squaredDistance(float[] query, float[] rows, int at) {
        return squaredDistance(SPECIES, query, rows, at);
    }

    // Four sums at a time hide the latency of the fused multiply-add. The species must be a
    // compile-time constant where it matters: both methods are small enough to be inlined.

    static float dot(VectorSpecies<Float> species, float[] query, float[] rows, int at) {
        int lanes = species.length();
        int size = query.length;
        FloatVector a = FloatVector.zero(species);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (int end = size - 4 * lanes; i <= end; i += 4 * lanes) {
            int r = at + i;
            a = load(species, query, i).fma(load(species, rows, r), a);
            b = load(species, query, i + lanes).fma(load(species, rows, r + lanes), b);
            c = load(species, query, i + 2 * lanes).fma(load(species, rows, r + 2 * lanes), c);
            d = load(species, query, i + 3 * lanes).fma(load(species, rows, r + 3 * lanes), d);
        }
        for (; i < size; i += lanes) {
            a = load(species, query, i).fma(load(species, rows, at + i), a);
        }
        return a.add(b).add(c.add(d)).reduceLanes(ADD);
    }

    static float squaredDistance(
            VectorSpecies<Float> species, float[] query, float[] rows, int at) {
        int lanes = species.length();
        int size = query.length;
        FloatVector a = FloatVector.zero(species);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (int end = size - 4 * lanes; i <= end; i += 4 * lanes) {
            int r = at + i;
            FloatVector w = load(species, query, i).sub(load(species, rows, r));
            FloatVector x = load(species, query, i + lanes).sub(load(species, rows, r + lanes));
            FloatVector y =
                    load(species, query, i + 2 * lanes).sub(load(species, rows, r + 2 * lanes));
            FloatVector z =
                    load(species, query, i + 3 * lanes).sub(load(species, rows, r + 3 * lanes));
            a = w.fma(w, a);
            b = x.fma(x, b);
            c = y.fma(y, c);
            d = z.fma(z, d);
        }
        for (; i < size; i += lanes) {
            FloatVector w = load(species, query, i).sub(load(species, rows, at + i));
            a = w.fma(w, a);
        }
        return a.add(b).add(c.add(d)).reduceLanes(ADD);
    }

    private static FloatVector load(VectorSpecies<Float> species, float[] from, int at) {
        return FloatVector.fromArray(species, from, at);
    }
}
