package io.vectron.index.merge;

import io.vectron.index.code.CodeTable;
import io.vectron.index.code.Quantizer;
import java.lang.foreign.Arena;

/** Rows as 7-bit codes: a quarter of the memory of floats, and half the time a comparison. */
final class CodedRows implements Comparison {

    private final Quantizer quantizer;
    private final CodeTable codes;
    private final float[] scaled;

    /**
     * @param arena closed after the last comparison
     */
    CodedRows(Arena arena, Quantizer quantizer, int rows) {
        this.quantizer = quantizer;
        this.codes = new CodeTable(arena, quantizer.codeBytes(), rows);
        this.scaled = new float[quantizer.codeBytes()];
    }

    @Override
    public void set(int row, float[] floats) {
        quantizer.scale(floats, scaled);
        codes.set(row, quantizer, scaled);
    }

    /** The squared distance in units of the codes; unit rows are as near by cosine as by it. */
    @Override
    public float distance(int a, int b) {
        return codes.squared(a, b);
    }
}
