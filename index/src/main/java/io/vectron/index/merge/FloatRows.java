package io.vectron.index.merge;

import io.vectron.index.vector.Kernels;
import io.vectron.index.vector.Scorer;

/** Rows as floats: for metrics under which codes cannot be compared with each other. */
final class FloatRows implements Comparison {

    private static final int CHUNK_FLOATS = 1 << 18;

    private final Scorer scorer;
    private final int stride;
    private final int shift;
    private final int mask;
    private final float[][] chunks;

    FloatRows(Scorer scorer, int dimension, int rows) {
        this.scorer = scorer;
        this.stride = Kernels.padded(dimension);
        int chunkRows = Integer.highestOneBit(Math.max(1, CHUNK_FLOATS / stride));
        this.shift = Integer.numberOfTrailingZeros(chunkRows);
        this.mask = chunkRows - 1;
        this.chunks = new float[(rows + mask) >>> shift][];
    }

    @Override
    public void set(int row, float[] floats) {
        int chunk = row >>> shift;
        if (chunks[chunk] == null) {
            chunks[chunk] = new float[(mask + 1) * stride];
        }
        System.arraycopy(floats, 0, chunks[chunk], (row & mask) * stride, stride);
    }

    @Override
    public float distance(int a, int b) {
        return scorer.keyDistance(
                chunks[a >>> shift],
                (a & mask) * stride,
                chunks[b >>> shift],
                (b & mask) * stride,
                stride);
    }
}
