package io.vectron.index;

/** Whether an index can take more rows now. */
public enum Admission {
    /** Go on. */
    ADMITTED,
    /** Too many rows wait for the graph; it passes by itself, try again soon. */
    TAIL_FULL,
    /**
     * The slab has no room for the rows. It passes only if a compaction can free dead rows or a
     * generation with larger limits takes over.
     */
    SLAB_FULL
}
