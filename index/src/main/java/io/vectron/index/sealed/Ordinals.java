package io.vectron.index.sealed;

import static io.vectron.index.sealed.SegmentFormat.INT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * A table of ordinals in a mapped file, each of as many bytes as the highest one needs.
 *
 * @param width bytes of an ordinal, 1 to 4
 */
record Ordinals(MemorySegment table, int width) {

    /** Bytes of an ordinal in a file of so many rows. */
    static int width(int rows) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(rows - 1);
        return Math.max(1, (bits + Byte.SIZE - 1) / Byte.SIZE);
    }

    /** Writes an ordinal in so many bytes. */
    static void put(int ordinal, int width, ByteBuffer to) {
        for (int i = 0; i < width; i++) {
            to.put((byte) (ordinal >>> (Byte.SIZE * i)));
        }
    }

    /** The ordinal at a place, from 0. What a file holds may be none that exists. */
    int at(int place) {
        long at = (long) place * width;
        if (width == Integer.BYTES) {
            return table.get(INT, at);
        }
        int ordinal = 0;
        for (int i = 0; i < width; i++) {
            ordinal |= (table.get(ValueLayout.JAVA_BYTE, at + i) & 0xff) << (Byte.SIZE * i);
        }
        return ordinal;
    }
}
