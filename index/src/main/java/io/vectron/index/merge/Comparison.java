package io.vectron.index.merge;

/** Rows that can be compared with each other while a graph is built. */
interface Comparison {

    /** Takes a prepared row; one thread at a time, before any comparison with it. */
    void set(int row, float[] floats);

    /** Lower is nearer, in the order of the metric. Negative only under dot. */
    float distance(int a, int b);
}
