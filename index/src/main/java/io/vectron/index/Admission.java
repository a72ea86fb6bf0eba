package io.vectron.index;

/** Whether an index can take more rows now. */
public enum Admission {
    /** Go on. */
    ADMITTED,
    /** Too many rows wait for the graph; it passes by itself, try again soon. */
    TAIL_FULL,
    /** The hot segment is full and older ones wait to be sealed; it passes by itself, too. */
    HOT_FULL
}
