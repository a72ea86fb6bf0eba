package io.vectron.index;

/**
 * Bounds of one index. Everything in it that can grow is bounded by one of these.
 *
 * @param maxRows rows the slab may hold, dead ones included
 * @param maxSlabBytes bytes the slab may take (vectors, neighbour lists, positions; not the ids'
 *     characters); while a compaction runs, the new slab counts by itself
 * @param flatRows an index with fewer rows has no graph: scanning it is faster
 * @param flatRowsPerEf an index with fewer live rows than this times a search's ef is scanned for
 *     that search: a walk visits about as many rows as fit into the time of such a scan
 * @param flatTailRows rows outside the graph above which the owner is told to slow down
 * @param compactionDeadRows dead rows below which a compaction is not worth its price
 */
public record IndexLimits(
        int maxRows,
        long maxSlabBytes,
        int flatRows,
        int flatRowsPerEf,
        int flatTailRows,
        int compactionDeadRows) {

    /** 1M rows, 4 GiB, no graph below 2,048 rows, a flat tail of 4,096 rows. */
    public static final IndexLimits DEFAULT =
            new IndexLimits(1 << 20, 4L << 30, 2_048, 32, 4_096, 4_096);

    /** The most rows any index can hold: an ordinal shares its 32 bits with two flags. */
    public static final int MAX_ROWS = 1 << 29;

    /** Refuses limits that are not positive or contradict each other. */
    public IndexLimits {
        if (maxRows < 1 || maxRows > MAX_ROWS) {
            throw new IllegalArgumentException(
                    "maxRows must be 1.." + MAX_ROWS + ", not " + maxRows);
        }
        if (maxSlabBytes < 1) {
            throw new IllegalArgumentException("maxSlabBytes must be positive: " + maxSlabBytes);
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
        if (compactionDeadRows < 1) {
            throw new IllegalArgumentException(
                    "compactionDeadRows must be positive: " + compactionDeadRows);
        }
    }

    /** The same limits with another number of rows. */
    public IndexLimits withMaxRows(int rows) {
        return new IndexLimits(
                rows, maxSlabBytes, flatRows, flatRowsPerEf, flatTailRows, compactionDeadRows);
    }
}
