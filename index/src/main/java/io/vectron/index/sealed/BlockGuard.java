package io.vectron.index.sealed;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets nobody read a body before its bytes are known to be those that were written: each block of
 * 64 KiB is compared with its checksum when it is touched first.
 *
 * <p>For walks:
 *
 * <pre>{@code
 * if (!guard.complete()) {
 *     guard.touch(offset, length); // before the bytes are read
 * }
 * }</pre>
 *
 * <p>Once all blocks are known to be good, {@code complete()} is a plain field that is true, and
 * walks pay nothing. Until then a touch is a test of one bit. Any number of threads may touch at
 * once; two that meet at a new block both check it, which is cheaper than a lock. A corruption is
 * final: from then on touches fail in either body of the file. (What a scrub finds in blocks that
 * were good before is told by the segment, which every search asks first whether it is sound.)
 */
public final class BlockGuard {

    /** Bytes of a block; the last one of a body may be shorter. */
    public static final int BLOCK_BYTES = 1 << BlockGuard.BLOCK_SHIFT;

    private static final int BLOCK_SHIFT = 16;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final Verdict verdict;
    private final String what;
    private final long fileOffset;
    private final FileBytes file;
    private final long bytes;
    private final int[] checksums;
    private final long[] good; // a bit a block, set by WORD, never cleared
    private final AtomicInteger unknown; // blocks not known to be good
    private boolean complete; // races are harmless: an old value costs the test of a bit

    /**
     * Guards a body of a mapped file.
     *
     * @param verdict shared by all guards of the file
     * @param what the body's name, for errors
     * @param file read at each check
     * @param fileOffset where the body begins in the file
     * @param bytes the body's length
     * @param checksums CRC32C of each block; kept, not copied
     */
    BlockGuard(
            Verdict verdict,
            String what,
            FileBytes file,
            long fileOffset,
            long bytes,
            int[] checksums) {
        int blocks = blocks(bytes);
        if (checksums.length != blocks) {
            throw new IllegalArgumentException(
                    blocks + " blocks, but " + checksums.length + " checksums");
        }
        this.verdict = verdict;
        this.what = what;
        this.fileOffset = fileOffset;
        this.file = file;
        this.bytes = bytes;
        this.checksums = checksums;
        this.good = new long[(blocks + Long.SIZE - 1) / Long.SIZE];
        this.unknown = new AtomicInteger(blocks);
        this.complete = blocks == 0;
    }

    /** A guard of bytes that nobody doubts, because they never were in a file: always complete. */
    public static BlockGuard trusting() {
        return new BlockGuard(
                new Verdict(Path.of("memory")),
                "nothing",
                (at, into, length) -> {
                    throw new EOFException("nothing is at " + at);
                },
                0,
                0,
                new int[0]);
    }

    /** Blocks of a body of so many bytes. */
    static int blocks(long bytes) {
        return Math.toIntExact((bytes + BLOCK_BYTES - 1) >>> BLOCK_SHIFT);
    }

    /** Whether every block is known to be good, so that a touch would find nothing. */
    public boolean complete() {
        return complete;
    }

    /** Blocks that are not known to be good yet. */
    public int unknownBlocks() {
        return unknown.get();
    }

    /**
     * To be called before {@code length} bytes at {@code offset} of the body are read.
     *
     * @param length at least 1
     * @throws CorruptSegmentException if they are not as written, or if anything of the file has
     *     been found corrupt before
     */
    public void touch(long offset, long length) {
        if (complete) {
            return;
        }
        int last = (int) ((offset + length - 1) >>> BLOCK_SHIFT);
        for (int block = (int) (offset >>> BLOCK_SHIFT); block <= last; block++) {
            if (!isGood(block)) {
                check(block);
            }
        }
        verdict.requireSound();
    }

    /** Touches all of the body, at the rate that {@code pace} allows, good blocks once more. */
    void scrub(Pace pace) throws InterruptedException {
        for (int block = 0; block < checksums.length; block++) {
            check(block);
            pace.read(size(block));
        }
    }

    private boolean isGood(int block) {
        return ((long) WORD.getOpaque(good, block >>> 6) & 1L << block) != 0;
    }

    private void check(int block) {
        verdict.requireSound();
        int found = checksum(block);
        if (found != checksums[block]) {
            complete = false;
            throw verdict.corrupt(
                    at(block),
                    "%s, block %d: checksum is %08x, not %08x"
                            .formatted(what, block, found, checksums[block]));
        }
        long bit = 1L << block;
        long before = (long) WORD.getAndBitwiseOr(good, block >>> 6, bit);
        if ((before & bit) == 0 && unknown.decrementAndGet() == 0 && verdict.found() == null) {
            complete = true;
        }
    }

    private long at(int block) {
        return fileOffset + ((long) block << BLOCK_SHIFT);
    }

    private int size(int block) {
        long begin = (long) block << BLOCK_SHIFT;
        return (int) Math.min(BLOCK_BYTES, bytes - begin);
    }

    private int checksum(int block) {
        try {
            return Checksum.of(file, at(block), size(block));
        } catch (IOException e) {
            CorruptSegmentException unreadable =
                    verdict.corrupt(
                            at(block), "%s, block %d cannot be read".formatted(what, block));
            unreadable.addSuppressed(e);
            throw unreadable;
        }
    }
}
