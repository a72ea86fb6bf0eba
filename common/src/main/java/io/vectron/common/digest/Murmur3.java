package io.vectron.common.digest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * MurmurHash3 x64 128 with seed 0 (Austin Appleby, public domain). Over an array in one piece: the
 * streaming one of Guava, which this is tested against, takes four times as long, and was an eighth
 * of what it costs a replica to apply a batch.
 */
final class Murmur3 {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;
    private static final int BLOCK = 16;

    private Murmur3() {}

    static Hash128 hash(byte[] bytes) {
        long h1 = 0;
        long h2 = 0;
        int whole = bytes.length & -BLOCK;
        for (int at = 0; at < whole; at += BLOCK) {
            h1 ^= mixLow((long) LONG.get(bytes, at));
            h1 = (Long.rotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
            h2 ^= mixHigh((long) LONG.get(bytes, at + Long.BYTES));
            h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
        }
        h1 ^= mixLow(tail(bytes, whole));
        h2 ^= mixHigh(tail(bytes, whole + Long.BYTES));
        h1 ^= bytes.length;
        h2 ^= bytes.length;
        h1 += h2;
        h2 += h1;
        h1 = avalanche(h1);
        h2 = avalanche(h2);
        h1 += h2;
        h2 += h1;
        return new Hash128(h1, h2);
    }

    /** Up to eight bytes from {@code from} on, zeros for those that are not there. */
    private static long tail(byte[] bytes, int from) {
        long word = 0;
        for (int at = Math.min(bytes.length, from + Long.BYTES) - 1; at >= from; at--) {
            word = word << Byte.SIZE | Byte.toUnsignedLong(bytes[at]);
        }
        return word;
    }

    private static long mixLow(long word) {
        return Long.rotateLeft(word * C1, 31) * C2;
    }

    private static long mixHigh(long word) {
        return Long.rotateLeft(word * C2, 33) * C1;
    }

    private static long avalanche(long hash) {
        long mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
