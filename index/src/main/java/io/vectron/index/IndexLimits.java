package io.vectron.index;

/**
 * Bounds of one index. Everything in memory that can grow is bounded by one of these.
 *
 * @param hotRows rows a hot segment may hold, dead ones included; then it is sealed
 * @param hotBytes bytes a hot segment may take (vectors, neighbour lists, positions; not the ids'
 *     characters)
 * @param frozenSegments full hot segments that may wait to be sealed before writers are turned away
 * @param flatRows a segment with fewer rows has no graph: scanning it is faster
 * @param flatRowsPerEf a segment with fewer live rows than this times a search's ef is scanned for
 *     that search: a walk visits about as many rows as fit into the time of such a scan
 * @param flatTailRows rows outside a graph above which the owner is told to slow down
 */
public record IndexLimits(
        int hotRows,
        long hotBytes,
        int frozenSegments,
        int flatRows,
        int flatRowsPerEf,
        int flatTailRows) {

    /** 128k rows or 96 MiB hot, 2 frozen, no graph below 2,048 rows, a tail of 4,096 rows. */
    public static final IndexLimits DEFAULT =
            new IndexLimits(1 << 17, 96L << 20, 2, 2_048, 32, 4_096);

    /** The most rows a segment can hold: an ordinal shares its 32 bits with two flags. */
    public static final int MAX_ROWS = 1 << 29;

    /** Refuses limits that are not positive or contradict each other. */
    public IndexLimits {
        if (hotRows < 1 || hotRows > MAX_ROWS) {
            throw new IllegalArgumentException(
                    "hotRows must be 1.." + MAX_ROWS + ", not " + hotRows);
        }
        if (hotBytes < 1) {
            throw new IllegalArgumentException("hotBytes must be positive: " + hotBytes);
        }
        if (frozenSegments < 1 || frozenSegments > 1_024) {
            throw new IllegalArgumentException(
                    "frozenSegments must be 1..1024, not " + frozenSegments);
        }
        if (flatRows < 1) {
            throw new IllegalArgumentException("flatRows must be positive: " + flatRows);
        }
        if (flatRowsPerEf < 0) {
            throw new IllegalArgumentException("flatRowsPerEf is negative: " + flatRowsPerEf);
        }
        if (flatTailRows < 2L * flatRows) {
            // Below flatRows nothing leaves the tail, and a batch counts up to half a tail: with a
            // smaller tail an index would stop before its graph begins.
            throw new IllegalArgumentException(
                    "flatTailRows " + flatTailRows + " is less than twice flatRows " + flatRows);
        }
    }

    /** The same limits with another number of rows. */
    public IndexLimits withHotRows(int rows) {
        return new IndexLimits(
                rows, hotBytes, frozenSegments, flatRows, flatRowsPerEf, flatTailRows);
    }
}
