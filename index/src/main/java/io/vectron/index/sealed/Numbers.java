package io.vectron.index.sealed;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** A table of ascending numbers in a mapped file. Nothing of it is on the heap. */
sealed interface Numbers permits PlainNumbers, PackedNumbers {

    /** The number at a place, from 0. */
    long at(int place);

    /** Where the number is written, in bytes from the table's beginning. */
    long writtenAt(int place);

    /**
     * To be called before anything else: reads what says where numbers are, and not the numbers.
     *
     * @param tableAt where the table begins in the file
     * @throws CorruptSegmentException if numbers would not be within the table
     */
    void check(Path file, long tableAt);

    /** Fewest bytes of a table of so many numbers. */
    static long leastBytes(int format, int count) {
        return format == SegmentFormat.PLAIN_TABLES
                ? (long) count * Long.BYTES
                : PackedNumbers.leastBytes(count);
    }

    /** Most bytes of a table of so many numbers. */
    static long mostBytes(int format, int count) {
        return format == SegmentFormat.PLAIN_TABLES
                ? (long) count * Long.BYTES
                : PackedNumbers.mostBytes(count);
    }

    /** A table as files of this format have it. */
    static Numbers of(int format, int count, MemorySegment table) {
        return format == SegmentFormat.PLAIN_TABLES
                ? new PlainNumbers(table)
                : new PackedNumbers(count, table);
    }
}
