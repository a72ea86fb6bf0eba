package io.vectron.index.hot;

import io.vectron.index.code.CodeKernels;
import io.vectron.index.code.CodeTable;
import java.lang.foreign.Arena;
import java.lang.ref.Reference;

/** Rows where walks may start, with copies of their codes side by side. Immutable. */
final class Entries {

    /** Rows sampled. */
    static final int SIZE = 64;

    private final int[] ordinals;
    private final CodeTable codes;

    private Entries(int[] ordinals, CodeTable codes) {
        this.ordinals = ordinals;
        this.codes = codes;
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
        CodeTable copies = new CodeTable(Arena.ofAuto(), codes.bytes(), ordinals.length);
        for (int i = 0; i < ordinals.length; i++) {
            codes.copy(ordinals[i], copies, i);
        }
        return new Entries(ordinals, copies);
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
        try {
            long code = codes.address(i);
            return signed
                    ? -CodeKernels.dot(query, code, codes.bytes())
                    : CodeKernels.squared(query, code, 0, codes.bytes());
        } finally {
            Reference.reachabilityFence(codes);
        }
    }
}
