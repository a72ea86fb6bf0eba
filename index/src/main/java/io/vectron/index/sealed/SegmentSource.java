package io.vectron.index.sealed;

import io.vectron.index.Metric;
import io.vectron.index.code.RecordLayout;
import java.lang.foreign.MemorySegment;

/**
 * What a segment is written from: rows in ascending order of their versions, each part asked for in
 * ascending order of ordinals, most of them once. Nothing of it may change while it is written.
 */
public interface SegmentSource {

    /** How a record looks. */
    RecordLayout layout();

    /** The metric of the rows and of their graph. */
    Metric metric();

    /** At least 1, at most {@link SegmentFormat#MAX_ROWS}. */
    int rows();

    /**
     * The log offset that wrote the row, ascending with the ordinal; no two rows share one.
     *
     * @return not negative
     */
    long version(int ordinal);

    /** The row's id as UTF-8, 1 to {@link SegmentFormat#MAX_ID_BYTES} bytes; not kept. */
    byte[] id(int ordinal);

    /**
     * Writes the records of the rows {@code from} to {@code to} - 1, each {@code layout().stride()}
     * bytes after the one before. Every neighbour in them is an ordinal of the segment.
     *
     * @param into exactly as large as that, all zeros
     */
    void records(int from, int to, MemorySegment into);

    /**
     * Writes the vectors of the rows {@code from} to {@code to} - 1 as they are compared: prepared
     * for the metric, little-endian float32, {@code Kernels.padded(dimension)} floats each.
     *
     * @param into exactly as large as that, all zeros
     */
    void floats(int from, int to, MemorySegment into);

    /** Ordinals of rows that no search may see and that only lead the way, ascending. */
    int[] stillborn();

    /** The quantizer as its own codec wrote it; may be empty. */
    MemorySegment quantizer();

    /** Where searches start, as their own codec wrote it; may be empty. */
    MemorySegment entries();
}
