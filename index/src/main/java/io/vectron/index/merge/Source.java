package io.vectron.index.merge;

/** A segment whose rows go into a new one. Ordinals ascend with the versions. */
public interface Source {

    /** Rows, dead ones included. */
    int rows();

    /** Offset of the record that wrote the row. */
    long version(int ordinal);

    /** The point, UTF-8. */
    byte[] id(int ordinal);

    /** From when on the row is dead; {@link Long#MAX_VALUE} while it lives. */
    long dead(int ordinal);

    /** Writes the row as searches compare it, padded, to {@code to}. */
    void read(int ordinal, float[] to);

    /** Whether the rows have a graph: it then leads to every row that is not dead. */
    boolean hasGraph();

    /**
     * Writes a row's neighbours to {@code to}.
     *
     * @param to {@code int[64]}
     * @return how many there are; 0 for a row that was dead before the graph had it
     */
    int neighbours(int ordinal, int[] to);
}
