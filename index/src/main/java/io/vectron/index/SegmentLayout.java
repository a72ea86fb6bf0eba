package io.vectron.index;

import io.vectron.index.code.RecordLayout;

/** What a sealed segment keeps of a row beside its floats. */
public enum SegmentLayout {
    /** The better one of the others, for each segment by itself. */
    AUTO,
    /** A 7-bit code and the neighbours: the least memory. */
    COMPACT,
    /** Also 4-bit codes of the neighbours: up to three times the memory, up to twice as fast. */
    FUSED;

    /**
     * Dimensions from which on product codes pay: below, a neighbour's own code is one line of
     * memory, which is soon read, whereas estimating from product codes costs its fixed part and
     * misjudges more. Measured; see docs/decisions/0008-layout-by-data.md.
     */
    static final int LEAST_FUSED_DIMENSION = 32;

    /**
     * How the records of a new segment are laid out.
     *
     * @param rows of the segment
     * @param flatRows a segment with fewer rows is scanned, without a look at product codes
     */
    public RecordLayout records(int dimension, int rows, int flatRows) {
        boolean fused =
                switch (this) {
                    case AUTO -> dimension >= LEAST_FUSED_DIMENSION && rows >= flatRows;
                    case COMPACT -> false;
                    case FUSED -> true;
                };
        return new RecordLayout(dimension, fused);
    }
}
