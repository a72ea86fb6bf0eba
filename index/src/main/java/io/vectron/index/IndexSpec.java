package io.vectron.index;

import io.vectron.index.merge.MergePolicy;
import java.util.Objects;

/**
 * What an index is made for. Dimension and metric are fixed for the life of its folder; all else
 * may be another one at the next opening: segments that are there stay as they are until merged.
 *
 * @param dimension floats a vector, 1 to {@link #MAX_DIMENSION}
 * @param metric how nearness is measured
 * @param limits bounds of rows, bytes and tail
 * @param graph how the graph is built
 * @param layout of segments that are sealed or merged from now on
 * @param merges when sealed segments are merged
 */
public record IndexSpec(
        int dimension,
        Metric metric,
        IndexLimits limits,
        GraphSpec graph,
        SegmentLayout layout,
        MergePolicy merges) {

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
        Objects.requireNonNull(layout, "layout");
        Objects.requireNonNull(merges, "merges");
    }

    /** An index with the default graph, layout and merges. */
    public IndexSpec(int dimension, Metric metric, IndexLimits limits) {
        this(dimension, metric, limits, GraphSpec.DEFAULT);
    }

    /** An index with the default layout and merges. */
    public IndexSpec(int dimension, Metric metric, IndexLimits limits, GraphSpec graph) {
        this(dimension, metric, limits, graph, SegmentLayout.AUTO, MergePolicy.DEFAULT);
    }

    /** The same with another layout. */
    public IndexSpec with(SegmentLayout other) {
        return new IndexSpec(dimension, metric, limits, graph, other, merges);
    }

    /** The same with other merges. */
    public IndexSpec with(MergePolicy other) {
        return new IndexSpec(dimension, metric, limits, graph, layout, other);
    }

    void requireDimension(float[] vector) {
        if (vector.length != dimension) {
            throw new IllegalArgumentException(
                    "dimension is " + dimension + ", not " + vector.length);
        }
    }
}
