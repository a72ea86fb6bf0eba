package io.vectron.index;

/** What a sealed segment keeps of a row beside its floats. */
public enum SegmentLayout {
    /** A 7-bit code and the neighbours: the least memory. */
    COMPACT,
    /** Also 4-bit codes of the neighbours: three times the memory, twice as fast. */
    FUSED;

    /** Whether records hold their neighbours' codes. */
    public boolean fused() {
        return this == FUSED;
    }
}
