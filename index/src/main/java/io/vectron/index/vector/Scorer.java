package io.vectron.index.vector;

import io.vectron.index.Metric;
import java.lang.foreign.MemorySegment;

/**
 * How one metric orders rows: by a <em>key distance</em>, lower is nearer, cheap to compute.
 *
 * <p>Cosine: 1 − dot of normalised vectors. Dot: minus the dot product. Euclidean: the squared
 * distance. A NaN (a sum of huge floats that overflowed both ways) orders after everything.
 */
public class Scorer {

    private static final float SMALLEST = 1e-37f;
    private static final int LARGEST_BITS = Float.floatToIntBits(Float.MAX_VALUE);

    private final Metric metric;
    private final boolean euclidean;
    private final float origin;
    private final float least;

    public Scorer(Metric metric) {
        this.metric = metric;
        this.euclidean = metric == Metric.EUCLIDEAN;
        this.origin = metric == Metric.COSINE ? 1f : 0f;
        this.least = metric == Metric.COSINE ? 0f : Float.NEGATIVE_INFINITY;
    }

    /** The key distance between a prepared, padded query and the row at {@code at}. */
    public float keyDistance(float[] query, float[] rows, int at) {
        return keyDistance(query, 0, rows, at, query.length);
    }

    /**
     * The key distance between a prepared, padded query and the row that begins at byte {@code at}
     * of memory outside of the heap; the same as from an array, up to rounding.
     */
    public float keyDistance(float[] query, MemorySegment rows, long at) {
        return euclidean
                ? MappedKernels.squaredDistance(query, rows, at)
                : Math.max(least, origin - MappedKernels.dot(query, rows, at));
    }

    /** The key distance between two rows of {@code size} padded floats. */
    public float keyDistance(float[] x, int i, float[] y, int j, int size) {
        return euclidean
                ? Kernels.squaredDistance(x, i, y, j, size)
                : Math.max(least, origin - Kernels.dot(x, i, y, j, size));
    }

    /**
     * The similarity JVector builds by: not negative, higher is nearer, in the order of the key
     * distance, and as precise for tiny distances as the distance itself, so that the scale of the
     * user's values does not matter.
     */
    public float buildScore(float keyDistance) {
        return switch (metric) {
            case COSINE -> 1f - 0.5f * keyDistance;
            case EUCLIDEAN -> 1f / (keyDistance + SMALLEST);
            case DOT -> positive(sortable(keyDistance));
        };
    }

    /** Reverses the order of sortable ints and moves them to the floats from 0 to the largest. */
    private static float positive(int sortable) {
        return Float.intBitsToFloat(Math.min(LARGEST_BITS, (1 << 30) - (sortable >> 1)));
    }

    /** The distance the user sees. */
    public float distance(float keyDistance) {
        return euclidean ? (float) Math.sqrt(keyDistance) : keyDistance;
    }

    /** An int that orders as the float does, NaN last; distances of −0 and 0 are equal. */
    public static int sortable(float keyDistance) {
        int bits = Float.floatToIntBits(keyDistance + 0f);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    /** The inverse of {@link #sortable}. */
    public static float unsortable(int sortable) {
        return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & Integer.MAX_VALUE));
    }

    /**
     * Writes {@code vector} to {@code to[at..]} as searches want it: normalised for cosine.
     *
     * @throws IllegalArgumentException if a value is not finite, or all are zero under cosine
     */
    public void prepare(float[] vector, float[] to, int at) {
        double squares = squares(vector);
        if (!Double.isFinite(squares)) {
            throw new IllegalArgumentException("the vector has a value that is not finite");
        }
        if (metric != Metric.COSINE) {
            System.arraycopy(vector, 0, to, at, vector.length);
            return;
        }
        if (squares == 0) {
            throw new IllegalArgumentException("a zero vector has no direction for cosine");
        }
        double scale = 1 / Math.sqrt(squares);
        for (int i = 0; i < vector.length; i++) {
            to[at + i] = (float) (vector[i] * scale);
        }
    }

    /** Four sums, so that no addition waits for the one before; the same on any machine. */
    private static double squares(float[] vector) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (int end = vector.length - 3; i < end; i += 4) {
            a += (double) vector[i] * vector[i];
            b += (double) vector[i + 1] * vector[i + 1];
            c += (double) vector[i + 2] * vector[i + 2];
            d += (double) vector[i + 3] * vector[i + 3];
        }
        for (; i < vector.length; i++) {
            a += (double) vector[i] * vector[i];
        }
        return a + b + (c + d);
    }

    /** A padded, prepared copy of a query. */
    public float[] prepared(float[] vector) {
        float[] padded = new float[Kernels.padded(vector.length)];
        prepare(vector, padded, 0);
        return padded;
    }
}
