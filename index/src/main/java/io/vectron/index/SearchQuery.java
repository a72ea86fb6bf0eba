package io.vectron.index;

import java.util.Objects;

/**
 * One search.
 *
 * @param vector the query, {@code float[dimension]}, as the user gave it
 * @param topK rows wanted, 1 to {@link #MAX_TOP_K}
 * @param ef rows kept while the graph is walked, 1 to {@link #MAX_EF}; raised to {@code topK}; more
 *     is slower and finds more
 * @param exact compare with every row instead of walking the graph
 */
public record SearchQuery(DenseVector vector, int topK, int ef, boolean exact) {

    /** The largest topK. */
    public static final int MAX_TOP_K = 10_000;

    /** The largest ef. */
    public static final int MAX_EF = 10_000;

    /** Refuses counts out of range. */
    public SearchQuery {
        Objects.requireNonNull(vector, "vector");
        if (topK < 1 || topK > MAX_TOP_K) {
            throw new IllegalArgumentException("topK must be 1.." + MAX_TOP_K + ", not " + topK);
        }
        if (ef < 1 || ef > MAX_EF) {
            throw new IllegalArgumentException("ef must be 1.." + MAX_EF + ", not " + ef);
        }
    }

    /** An approximate search; exact while the index is small. */
    public static SearchQuery of(float[] vector, int topK, int ef) {
        return new SearchQuery(DenseVector.of(vector), topK, ef, false);
    }

    /** A search that compares with every row. */
    public static SearchQuery exact(float[] vector, int topK) {
        return new SearchQuery(DenseVector.of(vector), topK, topK, true);
    }
}
