package io.vectron.index;

/** Thrown by an append to an index whose slab has no room; the index is unchanged. */
public final class SlabFullException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SlabFullException(String index, int rows) {
        super("index " + index + ": slab full at " + rows + " rows");
    }
}
