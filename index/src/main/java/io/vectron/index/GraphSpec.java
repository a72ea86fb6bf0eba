package io.vectron.index;

/**
 * How the graph is built: a Vamana graph of one layer, by JVector.
 *
 * @param degree neighbours a row keeps after pruning; twice the "M" of an HNSW graph's upper layers
 * @param beamWidth candidates kept while a row is inserted ("efConstruction")
 * @param overflow a list may grow to {@code degree * overflow} before it is pruned
 * @param alpha diversity: 1.2 keeps longer edges, so that a walk over fused records expands a third
 *     fewer rows; 1.0 builds a half faster and does for compact ones
 */
public record GraphSpec(int degree, int beamWidth, float overflow, float alpha) {

    /** Degree 32, beam 90, overflow 1.2, alpha 1.2. */
    public static final GraphSpec DEFAULT = new GraphSpec(32, 90, 1.2f, 1.2f);

    /** Refuses parameters that no graph can be built with. */
    public GraphSpec {
        if (degree < 2 || degree > 512) {
            throw new IllegalArgumentException("degree must be 2..512, not " + degree);
        }
        if (beamWidth < degree || beamWidth > 10_000) {
            throw new IllegalArgumentException(
                    "beamWidth must be " + degree + "..10000, not " + beamWidth);
        }
        if (!(overflow >= 1f && overflow <= 2f)) {
            throw new IllegalArgumentException("overflow must be 1..2, not " + overflow);
        }
        if (!(alpha >= 1f && alpha <= 2f)) {
            throw new IllegalArgumentException("alpha must be 1..2, not " + alpha);
        }
    }
}
