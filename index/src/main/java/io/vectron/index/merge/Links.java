package io.vectron.index.merge;

import io.vectron.index.code.RecordLayout;

/** A list of up to 32 neighbours for each of many rows. One thread at a time. */
final class Links {

    private static final int CHUNK_SHIFT = 12;
    private static final int CHUNK_ROWS = 1 << CHUNK_SHIFT;
    private static final int STRIDE = 1 + RecordLayout.DEGREE;

    private final int[][] chunks;

    Links(int rows) {
        this.chunks = new int[(rows + CHUNK_ROWS - 1) >>> CHUNK_SHIFT][];
    }

    void set(int row, int[] neighbours, int count) {
        int chunk = row >>> CHUNK_SHIFT;
        if (chunks[chunk] == null) {
            chunks[chunk] = new int[CHUNK_ROWS * STRIDE];
        }
        int at = (row & (CHUNK_ROWS - 1)) * STRIDE;
        chunks[chunk][at] = count;
        System.arraycopy(neighbours, 0, chunks[chunk], at + 1, count);
    }

    /** Writes a row's neighbours to {@code to}; answers how many there are. */
    int read(int row, int[] to) {
        int[] chunk = chunks[row >>> CHUNK_SHIFT];
        if (chunk == null) {
            return 0;
        }
        int at = (row & (CHUNK_ROWS - 1)) * STRIDE;
        System.arraycopy(chunk, at + 1, to, 0, chunk[at]);
        return chunk[at];
    }
}
