package io.vectron.index.sealed;

import java.io.IOException;

/**
 * Bytes of a file, read as a copy and not through its map: where the disk cannot read, this says
 * so, while an access to a mapped page may end the process.
 */
@FunctionalInterface
interface FileBytes {

    /**
     * Reads exactly so many bytes.
     *
     * @param at where in the file
     * @throws java.io.EOFException if the file ends before
     * @throws IOException if it cannot be read
     */
    void read(long at, byte[] into, int length) throws IOException;
}
