package io.vectron.common.digest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * A number of 128 bits; sums are taken modulo 2^128.
 *
 * @param low bits 0 to 63
 * @param high bits 64 to 127
 */
public record Hash128(long low, long high) {
    /** Zero. */
    public static final Hash128 ZERO = new Hash128(0, 0);

    /** Bytes of the stored form. */
    public static final int BYTES = 16;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Reads 16 little-endian bytes at {@code at}. */
    public static Hash128 fromBytes(byte[] bytes, int at) {
        return new Hash128((long) LONG.get(bytes, at), (long) LONG.get(bytes, at + Long.BYTES));
    }

    /** 16 little-endian bytes. */
    public byte[] toBytes() {
        byte[] bytes = new byte[BYTES];
        writeTo(bytes, 0);
        return bytes;
    }

    /** Writes 16 little-endian bytes at {@code at}. */
    public void writeTo(byte[] bytes, int at) {
        LONG.set(bytes, at, low);
        LONG.set(bytes, at + Long.BYTES, high);
    }

    /** The sum. */
    public Hash128 plus(Hash128 other) {
        long sum = low + other.low;
        long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
        return new Hash128(sum, high + other.high + carry);
    }

    /** 32 hexadecimal digits, highest first. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }
}
