package io.vectron.index.sealed;

/**
 * What tells a written segment file from any other.
 *
 * @param rows how many it holds, stillborn ones included
 * @param bytes length of the file
 * @param checksum that of its header; it covers the whole file by way of the others
 * @param firstVersion of its first row
 * @param lastVersion of its last row
 */
public record SegmentSummary(
        int rows, long bytes, int checksum, long firstVersion, long lastVersion) {

    /** Refuses what no segment can be. */
    public SegmentSummary {
        if (rows < 1 || rows > SegmentFormat.MAX_ROWS) {
            throw new IllegalArgumentException("rows: " + rows);
        }
        if (bytes <= SegmentFormat.HEADER_BYTES) {
            throw new IllegalArgumentException("bytes: " + bytes);
        }
        if (firstVersion < 0 || lastVersion - firstVersion < rows - 1) {
            throw new IllegalArgumentException(
                    "%d rows of versions %d to %d".formatted(rows, firstVersion, lastVersion));
        }
    }
}
