package io.vectron.index.hot;

import io.vectron.index.IndexLimits;
import io.vectron.index.IndexSpec;
import io.vectron.index.vector.Kernels;
import io.vectron.index.vector.Scorer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Rows by ordinal: vector, id, born and dead positions, and room for the row's neighbour list.
 *
 * <p>Rows live in chunks of a power of two; a chunk never moves and the tables of chunks never
 * grow, so readers need no lock. Rows are only ever appended. One thread (the applier) appends and
 * marks deaths; one graph task at a time writes neighbour lists; any thread reads rows below {@link
 * #rows()}.
 */
final class Slab {

    /** Dead position of a live row. */
    static final long LIVE = Long.MAX_VALUE;

    /**
     * Half of the smallest region of G1. An array of so many bytes would be given whole regions,
     * nearly half of them empty; a chunk's largest array is smaller than the chunk.
     */
    private static final int CHUNK_BYTES = 1 << 19;

    private static final int MAX_CHUNK_ROWS = 4_096;
    private static final int REFERENCE_BYTES = 4;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final int stride;
    private final int listStride;
    private final int shift;
    private final int mask;
    private final int capacity;
    private final long chunkBytes;

    private final float[][] vectors;
    private final int[][] lists;
    private final String[][] ids;

    /** Born and dead position of a row side by side: one cache line decides visibility. */
    private final long[][] lives;

    /**
     * Written last by an append. Whoever reads a number of rows here sees all of their values and
     * their chunks; that includes a chunk's (still empty) neighbour lists.
     */
    private volatile int rows;

    Slab(IndexSpec spec, int listStride) {
        this.stride = Kernels.padded(spec.dimension());
        this.listStride = listStride;
        long rowBytes =
                (long) Float.BYTES * stride
                        + (long) Integer.BYTES * listStride
                        + Codes.bytes(spec.dimension())
                        + 2L * Long.BYTES
                        + REFERENCE_BYTES;
        int chunkRows = chunkRows(spec.limits(), rowBytes);
        this.shift = Integer.numberOfTrailingZeros(chunkRows);
        this.mask = chunkRows - 1;
        this.chunkBytes = rowBytes * chunkRows;
        long fitting = spec.limits().hotBytes() / chunkBytes * chunkRows;
        if (fitting == 0) {
            throw new IllegalArgumentException(
                    "hotBytes is less than a row of " + rowBytes + " bytes");
        }
        this.capacity = (int) Math.min(spec.limits().hotRows(), fitting);
        int chunks = ((capacity - 1) >> shift) + 1;
        this.vectors = new float[chunks][];
        this.lists = new int[chunks][];
        this.ids = new String[chunks][];
        this.lives = new long[chunks][];
    }

    private static int chunkRows(IndexLimits limits, long rowBytes) {
        long chunkRows = Long.highestOneBit(Math.max(1, CHUNK_BYTES / rowBytes));
        chunkRows = Math.min(chunkRows, MAX_CHUNK_ROWS);
        // A slab of few bytes gets small chunks, so that it can be filled nearly to its bound.
        while (chunkRows > 1 && chunkRows * rowBytes > limits.hotBytes() / 8) {
            chunkRows >>= 1;
        }
        return (int) chunkRows;
    }

    /** Appends a row; applier thread only. The vector must have been checked. */
    int append(String id, long born, float[] vector, Scorer scorer) {
        int ordinal = rows;
        int chunk = ordinal >> shift;
        if (vectors[chunk] == null) {
            allocate(chunk);
        }
        int row = ordinal & mask;
        scorer.prepare(vector, vectors[chunk], row * stride);
        enter(chunk, row, id, born);
        return ordinal;
    }

    /** Appends a copy of another slab's row of the same shape; the owner of this slab only. */
    int appendCopy(Slab from, int ordinal) {
        int target = rows;
        int chunk = target >> shift;
        if (vectors[chunk] == null) {
            allocate(chunk);
        }
        int row = target & mask;
        System.arraycopy(
                from.vectors(ordinal),
                from.vectorAt(ordinal),
                vectors[chunk],
                row * stride,
                stride);
        enter(chunk, row, from.id(ordinal), from.born(ordinal));
        return target;
    }

    private void allocate(int chunk) {
        int chunkRows = mask + 1;
        lists[chunk] = new int[chunkRows * listStride];
        ids[chunk] = new String[chunkRows];
        lives[chunk] = new long[chunkRows * 2];
        vectors[chunk] = new float[chunkRows * stride];
    }

    private void enter(int chunk, int row, String id, long born) {
        ids[chunk][row] = id;
        lives[chunk][2 * row] = born;
        lives[chunk][2 * row + 1] = LIVE;
        rows = (chunk << shift) + row + 1;
    }

    /** Marks a row dead as of {@code position}; applier thread only. */
    void markDead(int ordinal, long position) {
        // Opaque: whole or not at all, also where a long is two words.
        LONGS.setOpaque(lives[ordinal >> shift], 2 * (ordinal & mask) + 1, position);
    }

    /** Whether a search at {@code position} sees the row: born &lt; W &le; dead. */
    boolean visible(int ordinal, long position) {
        long[] life = lives[ordinal >> shift];
        int at = 2 * (ordinal & mask);
        return life[at] < position && (long) LONGS.getOpaque(life, at + 1) >= position;
    }

    int rows() {
        return rows;
    }

    int capacity() {
        return capacity;
    }

    /** Bytes allocated so far. */
    long bytes() {
        return (((long) rows + mask) >> shift) * chunkBytes;
    }

    int stride() {
        return stride;
    }

    int listStride() {
        return listStride;
    }

    String id(int ordinal) {
        return ids[ordinal >> shift][ordinal & mask];
    }

    long born(int ordinal) {
        return lives[ordinal >> shift][2 * (ordinal & mask)];
    }

    long dead(int ordinal) {
        return (long) LONGS.getOpaque(lives[ordinal >> shift], 2 * (ordinal & mask) + 1);
    }

    /** The array that holds the row's vector, from {@link #vectorAt}. */
    float[] vectors(int ordinal) {
        return vectors[ordinal >> shift];
    }

    int vectorAt(int ordinal) {
        return (ordinal & mask) * stride;
    }

    /** The array that holds the row's neighbour list, from {@link #listAt}. */
    int[] lists(int ordinal) {
        return lists[ordinal >> shift];
    }

    int listAt(int ordinal) {
        return (ordinal & mask) * listStride;
    }
}
