package io.vectron.index.code;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;

/**
 * Codes of rows outside of the heap, each from the beginning of a line of memory. Arrays begin
 * anywhere: there a code of two lines lies on three, and each load of a register on two.
 *
 * <p>Room is taken as rows come, in chunks that never move. One thread at a time writes; any thread
 * reads rows of which it learned after they were written.
 */
public final class CodeTable {

    private static final int CHUNK_BYTES = 1 << 20;

    private final Arena arena;
    private final int bytes;
    private final int shift;
    private final int mask;
    private final int capacity;
    private final MemorySegment[] chunks;
    private final long[] addresses; // 0 of a chunk that has no rows yet
    private final byte[] code; // of the row that is written

    /**
     * An empty table.
     *
     * @param arena where its memory is from. If the garbage collector closes it, whoever works with
     *     {@link #address} must keep the table reachable ({@link Reference#reachabilityFence})
     * @param bytes of a code, a multiple of {@link RecordLayout#LINE_BYTES}
     * @param capacity rows, at least 1
     */
    public CodeTable(Arena arena, int bytes, int capacity) {
        if (bytes <= 0 || bytes % RecordLayout.LINE_BYTES != 0 || capacity < 1) {
            throw new IllegalArgumentException(capacity + " codes of " + bytes + " bytes");
        }
        this.arena = arena;
        this.bytes = bytes;
        int chunkRows = Integer.highestOneBit(Math.max(1, CHUNK_BYTES / bytes));
        this.shift = Integer.numberOfTrailingZeros(chunkRows);
        this.mask = chunkRows - 1;
        this.chunks = new MemorySegment[((capacity - 1) >>> shift) + 1];
        this.capacity = capacity;
        this.addresses = new long[chunks.length];
        this.code = new byte[bytes];
    }

    /** Bytes of a code. */
    public int bytes() {
        return bytes;
    }

    /** Writes the code of a row of {@link Quantizer#scale}. */
    public void set(int row, Quantizer quantizer, float[] scaled) {
        quantizer.encode(scaled, code, 0);
        set(row, MemorySegment.ofArray(code), 0);
    }

    /** Writes a copy of a row's code in another table of codes as long. */
    public void set(int row, CodeTable from, int fromRow) {
        set(row, from.chunks[fromRow >>> from.shift], from.at(fromRow));
    }

    /** Writes the code of a row that lies at {@code from[at..at + bytes)}. */
    public void set(int row, MemorySegment from, long at) {
        int chunk = Objects.checkIndex(row, capacity) >>> shift;
        if (addresses[chunk] == 0) {
            int rows = Math.min(mask + 1, capacity - (chunk << shift));
            long size = (long) rows * bytes + RecordLayout.LINE_BYTES;
            chunks[chunk] = arena.allocate(size, RecordLayout.LINE_BYTES);
            addresses[chunk] = chunks[chunk].address();
        }
        MemorySegment.copy(from, at, chunks[chunk], at(row), bytes);
    }

    private long at(int row) {
        return (long) (row & mask) * bytes;
    }

    /**
     * Where the code of a row that was written begins. A line behind its end may be read, too.
     *
     * @throws IllegalArgumentException if nothing was written near it
     */
    public long address(int row) {
        long chunk = addresses[row >>> shift];
        if (chunk == 0) {
            throw new IllegalArgumentException("row " + row + " was not written");
        }
        return chunk + at(row);
    }

    /** Squared distance of two rows that were written, in units of the codes. */
    public int squared(int a, int b) {
        return squared(a, b, bytes);
    }

    /**
     * Squared distance of the first bytes of two codes.
     *
     * @param first how many of them, a multiple of 64
     */
    int squared(int a, int b, int first) {
        try {
            return CodeKernels.squared(address(a), address(b), first);
        } finally {
            Reference.reachabilityFence(this);
        }
    }
}
