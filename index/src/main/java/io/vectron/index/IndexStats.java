package io.vectron.index;

import org.jspecify.annotations.Nullable;

/**
 * A glance at an index, each number taken at about the same time.
 *
 * @param position the published position W
 * @param rows rows in the slab, dead ones included
 * @param live rows not marked dead
 * @param graphRows rows searched through the graph
 * @param tailRows rows scanned flat because the graph does not have them yet
 * @param slabBytes bytes allocated for vectors, neighbour lists and positions
 * @param builds rows inserted into graphs since the index was made
 * @param compactions finished compactions
 * @param compacting whether live rows are moving to a new slab; it ends with a publication
 * @param buildFailure why the graph is no longer extended, or null while all is well
 */
public record IndexStats(
        long position,
        int rows,
        int live,
        int graphRows,
        int tailRows,
        long slabBytes,
        long builds,
        long compactions,
        boolean compacting,
        @Nullable String buildFailure) {

    /** Rows that take space only. */
    public int dead() {
        return rows - live;
    }
}
