package io.vectron.index.sealed;

import io.vectron.index.code.RecordLayout;
import io.vectron.index.vector.Kernels;

/** The parts of a segment file, in the order in which they follow its header. */
enum Section {
    /** Rows × the layout's stride: codes, neighbours, the neighbours' codes. */
    RECORDS(1, Alignment.PAGE),

    /** Rows × padded float32: what the rows were coded from. */
    FLOATS(2, Alignment.PAGE),

    /** Uint32 a block of 64 KiB: CRC32C of those of RECORDS, then of those of FLOATS. */
    BLOCK_CHECKSUMS(3, Alignment.LINE),

    /** A number a row, packed, strictly ascending. */
    VERSIONS(4, Alignment.LINE),

    /** The rows' ids as UTF-8, one after the other. */
    ID_BYTES(5, Alignment.LINE),

    /** Rows + 1 numbers, packed: where each id begins in ID_BYTES; last, where they end. */
    ID_OFFSETS(6, Alignment.LINE),

    /** Rows × 1 to 4 bytes: ordinals in the order of their ids' bytes; equal ids by ordinal. */
    ID_ORDER(7, Alignment.LINE),

    /** Uint32 each: ordinals of rows that were dead when the file was written, ascending. */
    STILLBORN(8, Alignment.LINE),

    /** What codes a query as the rows were coded; package {@code code} knows its inside. */
    QUANTIZER(9, Alignment.LINE),

    /** Where searches start; package {@code code} knows its inside. */
    ENTRIES(10, Alignment.LINE);

    /** Bytes; constants of an enum cannot use a static field of their own enum. */
    private interface Alignment {
        int LINE = 64;
        int PAGE = 4096;
    }

    private final int kind;
    private final int alignment;

    Section(int kind, int alignment) {
        this.kind = kind;
        this.alignment = alignment;
    }

    /** The number that stands for it in the file; they count from 1, without a gap. */
    int kind() {
        return kind;
    }

    /** Its place in the order, from 0. */
    int index() {
        return kind - 1;
    }

    /** Whether it is checked by blocks, when touched; else as a whole, when opened. */
    boolean isBody() {
        return switch (this) {
            case RECORDS, FLOATS -> true;
            case BLOCK_CHECKSUMS,
                    VERSIONS,
                    ID_BYTES,
                    ID_OFFSETS,
                    ID_ORDER,
                    STILLBORN,
                    QUANTIZER,
                    ENTRIES ->
                    false;
        };
    }

    /** Where it begins if what comes before it ends at {@code end}. */
    long after(long end) {
        return (end + alignment - 1) / alignment * alignment;
    }

    /** Fewest bytes it has in such a segment. */
    long leastBytes(Extent extent) {
        int rows = extent.rows();
        return switch (this) {
            case RECORDS -> (long) rows * extent.layout().stride();
            case FLOATS -> rows * floatBytes(extent.layout());
            case BLOCK_CHECKSUMS ->
                    (long) Integer.BYTES
                            * (BlockGuard.blocks(RECORDS.leastBytes(extent))
                                    + BlockGuard.blocks(FLOATS.leastBytes(extent)));
            case VERSIONS -> PackedNumbers.leastBytes(rows);
            case ID_BYTES -> rows;
            case ID_OFFSETS -> PackedNumbers.leastBytes(rows + 1);
            case ID_ORDER -> (long) rows * Ordinals.width(rows);
            case STILLBORN, QUANTIZER, ENTRIES -> 0;
        };
    }

    /** Most bytes it has in such a segment. */
    long mostBytes(Extent extent) {
        int rows = extent.rows();
        return switch (this) {
            case RECORDS, FLOATS, BLOCK_CHECKSUMS, ID_ORDER -> leastBytes(extent);
            case VERSIONS -> PackedNumbers.mostBytes(rows);
            case ID_OFFSETS -> PackedNumbers.mostBytes(rows + 1);
            case ID_BYTES -> (long) rows * SegmentFormat.MAX_ID_BYTES;
            case STILLBORN -> (long) rows * Integer.BYTES;
            case QUANTIZER, ENTRIES -> SegmentFormat.MAX_CODEC_BYTES;
        };
    }

    private static long floatBytes(RecordLayout layout) {
        return (long) Kernels.padded(layout.dimension()) * Float.BYTES;
    }
}
