package io.vectron.index;

import io.vectron.index.vector.Scorer;

/**
 * What one search sees: a query and the rows of one generation at one position.
 *
 * <p>Rows below {@code graphRows} are found by walking, rows from there to {@code rows} by
 * scanning; no row at or above {@code rows} is touched.
 */
final class View {

    final Slab slab;
    final Scorer scorer;
    final float[] query;
    final int graphRows;
    final long position;
    final int rows;

    View(Generation generation, Scorer scorer, float[] query) {
        this.slab = generation.slab();
        this.scorer = scorer;
        this.query = query;
        // In this order; Generation says why.
        this.graphRows = generation.graph().rows();
        this.position = generation.position();
        this.rows = slab.rows();
    }

    boolean visible(int ordinal) {
        return slab.visible(ordinal, position);
    }

    /** Sortable key distance of a row. */
    int distance(int ordinal) {
        return Scorer.sortable(
                scorer.keyDistance(query, slab.vectors(ordinal), slab.vectorAt(ordinal)));
    }
}
