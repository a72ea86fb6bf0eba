package io.vectron.index.sealed;

import java.nio.ByteBuffer;
import java.util.function.IntToLongFunction;

/**
 * Writes the table that {@link PackedNumbers} reads, an element after the other: first the blocks'
 * entries, then all numbers. Between its two passes it keeps an eighth of a byte a number.
 */
final class NumberPacker {

    private final int count;
    private final int blocks;
    private final IntToLongFunction numbers;
    private final long[] firsts;
    private final long[] steps;
    private final long[] begins;
    private final byte[] widths;

    /**
     * Asks for all numbers once, and again when they are put.
     *
     * @param numbers by place, not negative, ascending
     */
    NumberPacker(int count, IntToLongFunction numbers) {
        this.count = count;
        this.blocks = PackedNumbers.blocks(count);
        this.numbers = numbers;
        this.firsts = new long[blocks];
        this.steps = new long[blocks];
        this.begins = new long[blocks];
        this.widths = new byte[blocks];
        long end = PackedNumbers.leastBytes(count);
        long[] values = new long[PackedNumbers.BLOCK];
        for (int block = 0; block < blocks; block++) {
            int from = block << PackedNumbers.BLOCK_SHIFT;
            int size = Math.min(PackedNumbers.BLOCK, count - from);
            for (int i = 0; i < size; i++) {
                values[i] = numbers.applyAsLong(from + i);
            }
            measure(block, values, size);
            begins[block] = end;
            end += (long) widths[block] * size;
        }
    }

    /** How many elements {@link #put} takes. */
    int elements() {
        return blocks + count;
    }

    /** Writes an element, of at most {@link PackedNumbers#ENTRY_BYTES} bytes, little-endian. */
    void put(int element, ByteBuffer to) {
        if (element < blocks) {
            to.putLong(firsts[element]).putLong(steps[element]);
            to.putLong(begins[element]).putInt(widths[element]).putInt(0);
            return;
        }
        int place = element - blocks;
        int block = place >>> PackedNumbers.BLOCK_SHIFT;
        long above = numbers.applyAsLong(place) - line(block, place);
        for (int i = 0; i < widths[block]; i++) {
            to.put((byte) (above >>> (Byte.SIZE * i)));
        }
    }

    // The steepest line from the first number that no other one lies below.
    private void measure(int block, long[] values, int size) {
        long step = size > 1 ? Long.MAX_VALUE : 0;
        for (int i = 1; i < size; i++) {
            step = Math.min(step, (values[i] - values[0]) / i);
        }
        firsts[block] = values[0];
        steps[block] = step;
        long most = 0;
        for (int i = 1; i < size; i++) {
            most = Math.max(most, values[i] - values[0] - step * i);
        }
        widths[block] = width(most);
    }

    private long line(int block, int place) {
        return firsts[block] + steps[block] * (place & (PackedNumbers.BLOCK - 1));
    }

    private static byte width(long most) {
        if (most < 1L << Byte.SIZE) {
            return (byte) (most == 0 ? 0 : Byte.BYTES);
        }
        if (most < 1L << Integer.SIZE) {
            return (byte) (most < 1L << Short.SIZE ? Short.BYTES : Integer.BYTES);
        }
        return Long.BYTES;
    }
}
