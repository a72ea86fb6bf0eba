package io.vectron.index.vector;

import static jdk.incubator.vector.VectorOperators.ADD;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Kernels} between a query in an array and a row in memory outside of the heap; the same
 * sums in the same order, so the same numbers up to the order in which lanes are added at the end.
 */
final class MappedKernels {

    private static final VectorSpecies<Float> SPECIES = Kernels.SPECIES;
    private static final int LANES = SPECIES.length();

    private MappedKernels() {}

    /** Dot product of the query and the row at byte {@code at}. */
    static float dot(float[] query, MemorySegment rows, long at) {
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int k = 0;
        for (int end = query.length - 4 * LANES; k <= end; k += 4 * LANES) {
            a = query(query, k).fma(row(rows, at, k), a);
            b = query(query, k + LANES).fma(row(rows, at, k + LANES), b);
            c = query(query, k + 2 * LANES).fma(row(rows, at, k + 2 * LANES), c);
            d = query(query, k + 3 * LANES).fma(row(rows, at, k + 3 * LANES), d);
        }
        for (; k < query.length; k += LANES) {
            a = query(query, k).fma(row(rows, at, k), a);
        }
        return a.add(b).add(c.add(d)).reduceLanes(ADD);
    }

    /** Squared Euclidean distance of the query and the row at byte {@code at}. */
    static float squaredDistance(float[] query, MemorySegment rows, long at) {
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int k = 0;
        for (int end = query.length - 4 * LANES; k <= end; k += 4 * LANES) {
            FloatVector e = query(query, k).sub(row(rows, at, k));
            FloatVector f = query(query, k + LANES).sub(row(rows, at, k + LANES));
            FloatVector g = query(query, k + 2 * LANES).sub(row(rows, at, k + 2 * LANES));
            FloatVector h = query(query, k + 3 * LANES).sub(row(rows, at, k + 3 * LANES));
            a = e.fma(e, a);
            b = f.fma(f, b);
            c = g.fma(g, c);
            d = h.fma(h, d);
        }
        for (; k < query.length; k += LANES) {
            FloatVector e = query(query, k).sub(row(rows, at, k));
            a = e.fma(e, a);
        }
        return a.add(b).add(c.add(d)).reduceLanes(ADD);
    }

    private static FloatVector query(float[] query, int at) {
        return FloatVector.fromArray(SPECIES, query, at);
    }

    private static FloatVector row(MemorySegment rows, long at, int k) {
        return FloatVector.fromMemorySegment(
                SPECIES, rows, at + (long) k * Float.BYTES, ByteOrder.LITTLE_ENDIAN);
    }
}
