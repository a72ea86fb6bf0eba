package io.vectron.index.sealed;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C of bytes that come in parts. */
final class Checksum {

    private static final int PIECE_BYTES = 1 << 16;

    private final CRC32C crc = new CRC32C();

    /** Takes what remains in the buffer, and leaves the buffer as it was. */
    void add(ByteBuffer part) {
        crc.update(part.duplicate());
    }

    int value() {
        return (int) crc.getValue();
    }

    /** The checksum of bytes in memory. */
    static int of(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.asByteBuffer());
        return (int) crc.getValue();
    }

    /**
     * The checksum of a part of a file.
     *
     * @throws IOException if it cannot be read
     */
    static int of(FileBytes file, long at, long length) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] piece = new byte[(int) Math.min(length, PIECE_BYTES)];
        for (long done = 0; done < length; done += PIECE_BYTES) {
            int size = (int) Math.min(PIECE_BYTES, length - done);
            file.read(at + done, piece, size);
            crc.update(piece, 0, size);
        }
        return (int) crc.getValue();
    }
}
