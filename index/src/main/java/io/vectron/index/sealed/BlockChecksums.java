package io.vectron.index.sealed;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Collects the checksums of the blocks of bodies while these are written. */
final class BlockChecksums {

    private final CRC32C crc = new CRC32C();
    private int[] sums = new int[64];
    private int count;
    private int filled; // bytes of the present block

    /** Takes what remains in the buffer, and leaves the buffer as it was. */
    void add(ByteBuffer part) {
        ByteBuffer rest = part.duplicate();
        while (rest.hasRemaining()) {
            int length = Math.min(rest.remaining(), BlockGuard.BLOCK_BYTES - filled);
            crc.update(rest.slice(rest.position(), length));
            rest.position(rest.position() + length);
            filled += length;
            if (filled == BlockGuard.BLOCK_BYTES) {
                endBlock();
            }
        }
    }

    /** The next body begins with a block of its own. */
    void endBody() {
        if (filled > 0) {
            endBlock();
        }
    }

    /** One for each block so far. */
    int[] sums() {
        return Arrays.copyOf(sums, count);
    }

    private void endBlock() {
        if (count == sums.length) {
            sums = Arrays.copyOf(sums, 2 * count);
        }
        sums[count++] = (int) crc.getValue();
        crc.reset();
        filled = 0;
    }
}
