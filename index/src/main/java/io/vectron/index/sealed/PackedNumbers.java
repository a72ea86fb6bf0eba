package io.vectron.index.sealed;

import static io.vectron.index.sealed.SegmentFormat.INT;
import static io.vectron.index.sealed.SegmentFormat.LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Ascending numbers in blocks of 256, each on a line of its own: an entry a block holds the line's
 * beginning and its slope, and a number is written as what it lies above the line, in 0, 1, 2, 4 or
 * 8 bytes, as many as the block's farthest one needs ("frame of reference", Goldstein,
 * Ramakrishnan and Shaft, 1998). Numbers that are all the same step apart take no bytes; a number
 * is found with two reads, whatever the block's width. Nothing of it is on the heap.
 *
 * <p>{@link NumberPacker} writes it.
 */
final class PackedNumbers {

    static final int BLOCK_SHIFT = 8;

    /** Numbers of a block; the last block may have fewer. */
    static final int BLOCK = 1 << BLOCK_SHIFT;

    /** Bytes of an entry: first number, step, where the block begins, bytes a number, 0. */
    static final int ENTRY_BYTES = 32;

    private static final int STEP = 8;
    private static final int BEGIN = 16;
    private static final int WIDTH = 24;
    private static final int ZERO = 28;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int count;
    private final MemorySegment table;

    PackedNumbers(int count, MemorySegment table) {
        this.count = count;
        this.table = table;
    }

    static int blocks(int count) {
        return (count + BLOCK - 1) >>> BLOCK_SHIFT;
    }

    /** Bytes of a table of so many numbers if all are on their lines. */
    static long leastBytes(int count) {
        return (long) blocks(count) * ENTRY_BYTES;
    }

    /** Bytes of a table of so many numbers that need all eight bytes. */
    static long mostBytes(int count) {
        return leastBytes(count) + (long) count * Long.BYTES;
    }

    /** The number at a place, from 0. */
    long at(int place) {
        long entry = entry(place >>> BLOCK_SHIFT);
        int index = place & (BLOCK - 1);
        return table.get(LONG, entry) + index * table.get(LONG, entry + STEP) + above(entry, index);
    }

    /** Where the number is written, in bytes from the table's beginning. */
    long writtenAt(int place) {
        long entry = entry(place >>> BLOCK_SHIFT);
        int width = table.get(INT, entry + WIDTH);
        return width == 0 ? entry : writtenAt(entry, width, place & (BLOCK - 1));
    }

    /**
     * To be called before anything else: reads what says where numbers are, and not the numbers.
     *
     * @param tableAt where the table begins in the file
     * @throws CorruptSegmentException if numbers would not be within the table
     */
    void check(Path file, long tableAt) {
        long end = leastBytes(count);
        for (int block = 0; block < blocks(count); block++) {
            long entry = entry(block);
            int width = table.get(INT, entry + WIDTH);
            boolean known = width == 0 || width == 1 || width == 2 || width == 4 || width == 8;
            if (!known
                    || table.get(LONG, entry) < 0
                    || table.get(LONG, entry + STEP) < 0
                    || table.get(LONG, entry + BEGIN) != end
                    || table.get(INT, entry + ZERO) != 0) {
                throw new CorruptSegmentException(
                        file, tableAt + entry, "packed numbers: block " + block + " has no place");
            }
            end += (long) width * Math.min(BLOCK, count - (block << BLOCK_SHIFT));
        }
        if (end != table.byteSize()) {
            throw new CorruptSegmentException(
                    file,
                    tableAt,
                    "packed numbers: %d bytes, not %d".formatted(table.byteSize(), end));
        }
    }

    private static long entry(int block) {
        return (long) block * ENTRY_BYTES;
    }

    private long writtenAt(long entry, int width, int index) {
        return table.get(LONG, entry + BEGIN) + (long) width * index;
    }

    // The width was checked: it is one of five.
    private long above(long entry, int index) {
        int width = table.get(INT, entry + WIDTH);
        if (width == 0) {
            return 0;
        }
        long at = writtenAt(entry, width, index);
        if (width == Byte.BYTES) {
            return table.get(ValueLayout.JAVA_BYTE, at) & 0xffL;
        }
        if (width == Short.BYTES) {
            return table.get(SHORT, at) & 0xffffL;
        }
        return width == Integer.BYTES
                ? Integer.toUnsignedLong(table.get(INT, at))
                : table.get(LONG, at);
    }
}
