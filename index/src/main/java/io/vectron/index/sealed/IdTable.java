package io.vectron.index.sealed;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.BitSet;

/** The ids of a mapped segment, by ordinal and by their bytes. Nothing of them is on the heap. */
final class IdTable {

    private final int rows;
    private final MemorySegment bytes;
    private final PackedNumbers offsets;
    private final Ordinals order;

    IdTable(int rows, MemorySegment bytes, PackedNumbers offsets, Ordinals order) {
        this.rows = rows;
        this.bytes = bytes;
        this.offsets = offsets;
        this.order = order;
    }

    /** The id of a row, as UTF-8. */
    byte[] id(int ordinal) {
        long begin = begin(ordinal);
        byte[] id = new byte[(int) (begin(ordinal + 1) - begin)];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, begin, id, 0, id.length);
        return id;
    }

    /** The row of an id, of several rows the last one; -1 if there is none. */
    int find(byte[] id) {
        MemorySegment wanted = MemorySegment.ofArray(id);
        int low = 0; // ids before it are at most the wanted one
        int high = rows; // ids from it on are above
        while (low < high) {
            int middle = (low + high) >>> 1;
            int ordinal = ordinalAt(middle);
            if (compare(bytes, begin(ordinal), begin(ordinal + 1), wanted, 0, id.length) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == 0) {
            return -1;
        }
        int ordinal = ordinalAt(low - 1);
        boolean same =
                compare(bytes, begin(ordinal), begin(ordinal + 1), wanted, 0, id.length) == 0;
        return same ? ordinal : -1;
    }

    /**
     * Reads all of the tables once.
     *
     * @param offsetsAt where the table of offsets begins in the file
     * @param orderAt where the table of the order begins in the file
     * @throws CorruptSegmentException if they are not those of so many ids in their order
     */
    void check(Path file, long offsetsAt, long orderAt) {
        offsets.check(file, offsetsAt);
        checkOffsets(file, offsetsAt);
        checkOrder(file, orderAt);
    }

    private void checkOffsets(Path file, long tableAt) {
        long before = 0;
        for (int i = 0; i <= rows; i++) {
            long begin = begin(i);
            long least = i == 0 ? 0 : before + 1;
            long most = i == 0 ? 0 : before + SegmentFormat.MAX_ID_BYTES;
            if (begin < least || begin > most || begin > bytes.byteSize()) {
                throw new CorruptSegmentException(
                        file,
                        tableAt + offsets.writtenAt(i),
                        "id %d begins at %d".formatted(i, begin));
            }
            before = begin;
        }
        if (before != bytes.byteSize()) {
            throw new CorruptSegmentException(
                    file,
                    tableAt + offsets.writtenAt(rows),
                    "ids end at %d, not at %d".formatted(before, bytes.byteSize()));
        }
    }

    private void checkOrder(Path file, long tableAt) {
        BitSet seen = new BitSet(rows);
        int before = -1;
        long beforeBegin = 0;
        long beforeEnd = 0;
        for (int i = 0; i < rows; i++) {
            int ordinal = ordinalAt(i);
            long placeAt = tableAt + (long) i * order.width();
            if (ordinal < 0 || ordinal >= rows || seen.get(ordinal)) {
                throw new CorruptSegmentException(
                        file, placeAt, "no order of ids: ordinal " + ordinal);
            }
            seen.set(ordinal);
            long begin = begin(ordinal);
            long end = begin(ordinal + 1);
            int compared = i == 0 ? -1 : compare(bytes, beforeBegin, beforeEnd, bytes, begin, end);
            if (compared > 0 || (compared == 0 && before >= ordinal)) {
                throw new CorruptSegmentException(
                        file, placeAt, "no order of ids: they do not ascend");
            }
            before = ordinal;
            beforeBegin = begin;
            beforeEnd = end;
        }
    }

    private long begin(int ordinal) {
        return offsets.at(ordinal);
    }

    private int ordinalAt(int place) {
        return order.at(place);
    }

    private static int compare(
            MemorySegment a, long aBegin, long aEnd, MemorySegment b, long bBegin, long bEnd) {
        long at = MemorySegment.mismatch(a, aBegin, aEnd, b, bBegin, bEnd);
        if (at < 0) {
            return 0;
        }
        if (aBegin + at == aEnd || bBegin + at == bEnd) {
            return Long.compare(aEnd - aBegin, bEnd - bBegin);
        }
        return Byte.compareUnsigned(
                a.get(ValueLayout.JAVA_BYTE, aBegin + at),
                b.get(ValueLayout.JAVA_BYTE, bBegin + at));
    }
}
