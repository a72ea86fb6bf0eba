package io.vectron.index.sealed;

import java.lang.foreign.MemorySegment;

/**
 * A section of a mapped file with the guard of its blocks.
 *
 * @param memory outside of the heap
 * @param guard addresses its blocks by the same offsets
 */
public record Body(MemorySegment memory, BlockGuard guard) {

    /** Refuses memory of the heap: walks over two kinds of memory are several times slower. */
    public Body {
        if (!memory.isNative()) {
            throw new IllegalArgumentException("records must lie outside of the heap");
        }
    }
}
