package io.vectron.index.hot;

import io.vectron.index.vector.Scorer;

/**
 * A sample of a graph's rows with copies of their vectors side by side: a search scans it and
 * starts from the nearest ones. That takes fewer cache misses than descending a hierarchy.
 * Immutable.
 */
final class Entries {

    /** Rows sampled. */
    static final int SIZE = 64;

    private final int[] ordinals;
    private final float[] vectors;
    private final int stride;

    private Entries(int[] ordinals, float[] vectors, int stride) {
        this.ordinals = ordinals;
        this.vectors = vectors;
        this.stride = stride;
    }

    /** Up to {@link #SIZE} rows out of {@code inGraph[0..count)}, evenly spread. */
    static Entries sample(Slab slab, int[] inGraph, int count) {
        int size = Math.min(SIZE, count);
        int stride = slab.stride();
        int[] ordinals = new int[size];
        float[] vectors = new float[size * stride];
        for (int i = 0; i < size; i++) {
            int ordinal = inGraph[(int) ((long) i * count / size)];
            ordinals[i] = ordinal;
            System.arraycopy(
                    slab.vectors(ordinal), slab.vectorAt(ordinal), vectors, i * stride, stride);
        }
        return new Entries(ordinals, vectors, stride);
    }

    int size() {
        return ordinals.length;
    }

    int ordinal(int i) {
        return ordinals[i];
    }

    float keyDistance(Scorer scorer, float[] query, int i) {
        return scorer.keyDistance(query, vectors, i * stride);
    }
}
