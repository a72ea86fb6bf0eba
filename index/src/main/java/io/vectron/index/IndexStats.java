package io.vectron.index;

import org.jspecify.annotations.Nullable;

/**
 * A glance at an index, each number taken at about the same time.
 *
 * @param position the published position W
 * @param rows rows of all segments, dead ones included
 * @param live rows not marked dead
 * @param tailRows rows scanned flat because no graph has them yet
 * @param frozen full hot segments that wait to be sealed
 * @param slabBytes bytes allocated in memory for vectors, neighbour lists and positions
 * @param sealed segments in files
 * @param builds rows inserted into graphs since the index was made
 * @param failure why graphs are no longer extended, or why the last seal or merge failed; null
 *     while all is well
 */
public record IndexStats(
        long position,
        long rows,
        long live,
        int tailRows,
        int frozen,
        long slabBytes,
        Sealed sealed,
        long builds,
        @Nullable String failure) {

    /**
     * Segments in files.
     *
     * @param segments how many there are
     * @param rows their rows, dead ones included
     * @param bytes of their files
     * @param seals hot segments sealed since the index was opened
     * @param merges merges since the index was opened
     * @param written by both of them
     */
    public record Sealed(
            int segments, long rows, long bytes, long seals, long merges, Written written) {}

    /**
     * What was written to files since the index was opened.
     *
     * @param sealedRows rows of hot segments
     * @param sealedBytes bytes that these took
     * @param mergedRows rows that were in files before
     * @param mergedBytes bytes that these took
     */
    public record Written(long sealedRows, long sealedBytes, long mergedRows, long mergedBytes) {

        /** Bytes written for each byte of rows that came in; 0 before the first seal. */
        public double amplification() {
            return sealedBytes == 0 ? 0 : (sealedBytes + mergedBytes) / (double) sealedBytes;
        }
    }

    static IndexStats of(
            IndexView view,
            long position,
            long builds,
            Maintenance maintenance,
            @Nullable String failure) {
        Sealed sealed =
                new Sealed(
                        view.sealed().size(),
                        view.sealed().stream().mapToLong(SealedPart::rows).sum(),
                        view.sealedBytes(),
                        maintenance.seals(),
                        maintenance.merges(),
                        maintenance.written());
        return new IndexStats(
                position,
                view.rows(),
                view.rows() - view.deadRows(),
                view.tailRows(),
                view.frozen().size(),
                view.slabBytes(),
                sealed,
                builds,
                failure);
    }

    /** Rows that take space only. */
    public long dead() {
        return rows - live;
    }
}
