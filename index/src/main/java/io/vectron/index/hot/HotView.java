package io.vectron.index.hot;

import io.vectron.index.vector.Scorer;
import org.jspecify.annotations.Nullable;

/**
 * What one search sees of a hot segment: a query, and the rows at one position.
 *
 * <p>Rows below {@code graphRows} are found by walking, rows from there to {@code rows} by
 * scanning; no row at or above {@code rows} is touched.
 */
public final class HotView {

    final Slab slab;
    final @Nullable Codes codes;
    final @Nullable Entries entries;
    final Scorer scorer;
    final float[] query;
    final int graphRows;
    final long position;
    final int rows;
    final int live;

    /** Whether the view sees every row, so that none need be asked for. */
    final boolean seesAll;

    /**
     * To be made in the order of its arguments: the graph's rows are read first, then the position,
     * then this constructor reads the slab's.
     *
     * @param graphRows what {@link HotSegment#graphRows} said before the position was read
     * @param position the watermark W
     * @param query prepared and padded by the scorer
     */
    public HotView(HotSegment segment, int graphRows, long position, Scorer scorer, float[] query) {
        this.slab = segment.slab();
        // Read after the graph's rows: they are all coded in it.
        this.codes = segment.graph().codes();
        this.entries = codes == null ? null : codes.entries();
        this.scorer = scorer;
        this.query = query;
        this.graphRows = graphRows;
        this.position = position;
        this.rows = slab.rows();
        // After the position: a row dead below it was counted before it was published.
        int dead = segment.deadRows();
        this.live = rows - dead;
        this.seesAll = dead == 0 && (rows == 0 || slab.born(rows - 1) < position);
    }

    /** The point of a row. */
    public String id(int ordinal) {
        return slab.id(ordinal);
    }

    /** Offset of the record that wrote a row. */
    public long version(int ordinal) {
        return slab.born(ordinal);
    }

    boolean visible(int ordinal) {
        return seesAll || slab.visible(ordinal, position);
    }

    /** Sortable key distance of a row. */
    int distance(int ordinal) {
        return Scorer.sortable(
                scorer.keyDistance(query, slab.vectors(ordinal), slab.vectorAt(ordinal)));
    }
}
