package io.vectron.index.code;

/** Rows to be encoded: prepared for their metric and padded, as searches compare them. */
public interface Rows {

    /** Number of rows. */
    int count();

    /**
     * Writes row {@code row} to {@code to}: {@code float[Kernels.padded(dimension)]}. Any number of
     * threads may call it at a time.
     */
    void read(int row, float[] to);
}
