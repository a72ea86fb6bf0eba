package io.vectron.common.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads the canonical subset of the protobuf wire format from an array: whatever the canonical form
 * does not contain (a varint longer than needed, a length beyond its frame) is {@link
 * NotCanonicalException}.
 */
final class WireReader {
    private static final int MAX_VARINT_BYTES = 10;
    private static final int MAX_SHOWN_BYTES = 64;
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private int position;

    WireReader(byte[] bytes) {
        this.bytes = bytes;
    }

    int position() {
        return position;
    }

    void position(int next) {
        position = next;
    }

    /** The next byte, 0 to 255. */
    int readByte() {
        if (position >= bytes.length) {
            throw new NotCanonicalException();
        }
        return bytes[position++] & 0xff;
    }

    /** A varint in its shortest form. */
    long readVarint() {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            int next = readByte();
            value |= (long) (next & 0x7f) << (7 * i);
            if (next < 0x80) {
                boolean longerThanNeeded = next == 0 && i > 0;
                boolean beyond64Bits = i == MAX_VARINT_BYTES - 1 && next > 1;
                if (longerThanNeeded || beyond64Bits) {
                    throw new NotCanonicalException();
                }
                return value;
            }
        }
        throw new NotCanonicalException();
    }

    /** A length; returns where the frame that it opens ends, which is not beyond {@code limit}. */
    int readLengthAndEnd(int limit) {
        long length = readVarint();
        if (length < 0 || length > limit - position) {
            throw new NotCanonicalException();
        }
        return position + (int) length;
    }

    /** Eight bytes, lowest first. */
    long readFixed64() {
        if (position > bytes.length - Long.BYTES) {
            throw new NotCanonicalException();
        }
        long value = (long) LONG.get(bytes, position);
        position += Long.BYTES;
        return value;
    }

    /** Text for a reason; at most a few dozen characters. */
    String utf8(int from, int to) {
        int shownTo = Math.min(to, from + MAX_SHOWN_BYTES);
        String text = new String(bytes, from, shownTo - from, UTF_8);
        return shownTo < to ? text + "…" : text;
    }

    boolean equalsUtf8(int from, int to, String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        return Arrays.equals(bytes, from, to, utf8, 0, utf8.length);
    }
}
