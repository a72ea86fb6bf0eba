package io.vectron.index.merge;

import io.vectron.index.code.HeapCodes;
import io.vectron.index.code.Quantizer;

/** Rows as 7-bit codes: a quarter of the memory of floats, and half the time a comparison. */
final class CodedRows implements Comparison {

    private static final int CHUNK_BYTES = 1 << 20;

    private final Quantizer quantizer;
    private final int bytes;
    private final int shift;
    private final int mask;
    private final byte[][] chunks;
    private final float[] scaled;

    CodedRows(Quantizer quantizer, int rows) {
        this.quantizer = quantizer;
        this.bytes = quantizer.codeBytes();
        int chunkRows = Integer.highestOneBit(Math.max(1, CHUNK_BYTES / bytes));
        this.shift = Integer.numberOfTrailingZeros(chunkRows);
        this.mask = chunkRows - 1;
        this.chunks = new byte[(rows + mask) >>> shift][];
        this.scaled = new float[bytes];
    }

    @Override
    public void set(int row, float[] floats) {
        int chunk = row >>> shift;
        if (chunks[chunk] == null) {
            chunks[chunk] = new byte[(mask + 1) * bytes];
        }
        quantizer.scale(floats, scaled);
        quantizer.encode(scaled, chunks[chunk], (row & mask) * bytes);
    }

    /** The squared distance in units of the codes; unit rows are as near by cosine as by it. */
    @Override
    public float distance(int a, int b) {
        return HeapCodes.squared(
                chunks[a >>> shift],
                (a & mask) * bytes,
                chunks[b >>> shift],
                (b & mask) * bytes,
                bytes);
    }
}
