package io.vectron.index.hot;

import io.vectron.index.code.HeapCodes;

/** Rows where walks may start, with copies of their codes side by side. Immutable. */
final class Entries {

    /** Rows sampled. */
    static final int SIZE = 64;

    private final int[] ordinals;
    private final byte[] codes;
    private final int bytes;

    private Entries(int[] ordinals, byte[] codes, int bytes) {
        this.ordinals = ordinals;
        this.codes = codes;
        this.bytes = bytes;
    }

    /** Up to {@link #SIZE} coded rows out of {@code inGraph[0..count)}, evenly spread. */
    static Entries sample(Codes codes, int[] inGraph, int count) {
        int size = Math.min(SIZE, count);
        int[] ordinals = new int[size];
        for (int i = 0; i < size; i++) {
            ordinals[i] = inGraph[(int) ((long) i * count / size)];
        }
        return of(codes, ordinals);
    }

    private static Entries of(Codes codes, int[] ordinals) {
        int bytes = codes.bytes();
        byte[] copies = new byte[ordinals.length * bytes];
        for (int i = 0; i < ordinals.length; i++) {
            int row = ordinals[i];
            System.arraycopy(codes.chunk(row), codes.at(row), copies, i * bytes, bytes);
        }
        return new Entries(ordinals, copies, bytes);
    }

    /** The same rows by other codes. */
    Entries with(Codes other) {
        return of(other, ordinals);
    }

    int size() {
        return ordinals.length;
    }

    int ordinal(int i) {
        return ordinals[i];
    }

    /** Distance from an encoded query: of two entries the nearer one's is the lower. */
    int distance(short[] query, boolean signed, int i) {
        return signed
                ? -HeapCodes.dot(query, codes, i * bytes, bytes)
                : HeapCodes.squared(query, codes, i * bytes, 0, bytes);
    }
}
