package io.vectron.index.sealed;

import io.vectron.index.Metric;
import io.vectron.index.code.CodeTable;
import io.vectron.index.code.Coding;
import io.vectron.index.code.PartialDistance;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.vector.Kernels;
import io.vectron.index.vector.Scorer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What a walk reads of a sealed segment. Whoever owns the memory closes it after the last walk. */
public final class Records {

    final Coding coding;
    final RecordLayout layout;
    final Scorer scorer;
    final MemorySegment memory;
    private final long address;
    private final long entriesAddress;
    final int rows;
    final PartialDistance partial;
    final BlockGuard guard;
    final MemorySegment floats;
    final BlockGuard floatsGuard;
    final MemorySegment entries;
    final int entryCount;
    final Deaths deaths;
    final int stride;
    final int codeBytes;
    final long floatsStride;
    final boolean signed;

    /**
     * Of an open segment, which must stay open as long as walks read them.
     *
     * @throws IllegalArgumentException if its tables are not this version's
     */
    public static Records of(SealedSegment segment) {
        return new Records(
                segment.metric(),
                Coding.read(segment.metric(), segment.layout(), segment.quantizer()),
                new Body(segment.records(), segment.recordGuard()),
                new Body(segment.floats(), segment.floatGuard()),
                segment.entries(),
                segment.deaths());
    }

    /**
     * The records and floats of as many rows as there are floats of.
     *
     * @param records of the rows, one after the other, by {@link RecordWriter}
     * @param floats the rows as prepared and padded
     * @param entries where walks begin, by {@link RecordWriter#writeEntries}; at least one
     */
    public Records(
            Metric metric,
            Coding coding,
            Body records,
            Body floats,
            MemorySegment entries,
            Deaths deaths) {
        this.coding = coding;
        this.layout = coding.layout();
        this.scorer = new Scorer(metric);
        this.memory = records.memory();
        this.address = memory.address();
        this.guard = records.guard();
        this.floats = floats.memory();
        this.floatsGuard = floats.guard();
        this.entries = entries;
        this.entriesAddress = entries.address();
        this.deaths = deaths;
        this.stride = layout.stride();
        this.codeBytes = layout.codeBytes();
        this.signed = coding.quantizer().signed();
        this.floatsStride = (long) Float.BYTES * Kernels.padded(layout.dimension());
        this.entryCount = (int) (entries.byteSize() / stride);
        long rows = memory.byteSize() / stride;
        if (rows < 1 || rows > SegmentFormat.MAX_ROWS || entryCount < 1) {
            throw new IllegalArgumentException(
                    "a segment of " + rows + " rows and " + entryCount + " entries");
        }
        if (this.floats.byteSize() < rows * floatsStride) {
            throw new IllegalArgumentException("fewer floats than records");
        }
        if (!entries.isNative() || !memory.isNative()) {
            throw new IllegalArgumentException("records and entries must lie outside of the heap");
        }
        this.rows = (int) rows;
        this.partial =
                layout.fused() || signed ? PartialDistance.none(codeBytes) : partial(entries);
    }

    /**
     * Of compact entries, which hold codes of rows. Walks over fused records compare few codes, and
     * those are near by estimate: a part of them would rule out hardly any.
     */
    private PartialDistance partial(MemorySegment entries) {
        int count = Math.min(entryCount, PartialDistance.SAMPLE);
        try (Arena arena = Arena.ofConfined()) {
            CodeTable codes = new CodeTable(arena, codeBytes, Math.max(1, count));
            for (int i = 0; i < count; i++) {
                codes.set(i, entries, (long) i * stride);
            }
            return PartialDistance.learn(codes, count);
        }
    }

    /** Where the record of an entry begins. */
    long entry(int entry) {
        return entriesAddress + (long) entry * stride;
    }

    /** Where a row's record begins. */
    long record(long ordinal) {
        return address + ordinal * stride;
    }

    /**
     * Refuses a neighbour that is no row: its address would be anywhere.
     *
     * @throws IllegalStateException if it is not
     */
    int row(int neighbour) {
        if (Integer.compareUnsigned(neighbour, rows) >= 0) {
            throw new IllegalStateException("neighbour " + neighbour + " of " + rows + " rows");
        }
        return neighbour;
    }

    /** Refuses to begin a walk over memory that is closed. */
    void checkOpen() {
        if (!memory.scope().isAlive()) {
            throw new IllegalStateException("the segment is closed");
        }
    }
}
