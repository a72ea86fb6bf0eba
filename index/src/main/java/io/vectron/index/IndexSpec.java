package io.vectron.index;

import java.util.Objects;

/**
 * What an index is made for; fixed for its life.
 *
 * @param dimension floats a vector, 1 to {@link #MAX_DIMENSION}
 * @param metric how nearness is measured
 * @param limits bounds of rows, bytes and tail
 * @param graph how the graph is built
 */
public record IndexSpec(int dimension, Metric metric, IndexLimits limits, GraphSpec graph) {

    /** The largest dimension. */
    public static final int MAX_DIMENSION = 16_384;

    /** Refuses a dimension out of range. */
    public IndexSpec {
        if (dimension < 1 || dimension > MAX_DIMENSION) {
            throw new IllegalArgumentException(
                    "dimension must be 1.." + MAX_DIMENSION + ", not " + dimension);
        }
        Objects.requireNonNull(metric, "metric");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(graph, "graph");
    }

    /** An index with the default graph. */
    public IndexSpec(int dimension, Metric metric, IndexLimits limits) {
        this(dimension, metric, limits, GraphSpec.DEFAULT);
    }
}
