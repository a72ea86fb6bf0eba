package io.vectron.index.code;

/** The graph over the rows to be encoded. */
public interface NeighbourLists {

    /**
     * Writes the neighbours of row {@code row} to {@code to}, the nearest first where known. Any
     * number of threads may call it at a time.
     *
     * @param to room for {@link RecordLayout#DEGREE} ordinals
     * @return how many there are
     */
    int read(int row, int[] to);
}
