package io.vectron.index.sealed;

import static io.vectron.index.sealed.SegmentFormat.INT;
import static io.vectron.index.sealed.SegmentFormat.LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.BitSet;

/** The ids of a mapped segment, by ordinal and by their bytes. Nothing of them is on the heap. */
final class IdTable {

    private final int rows;
    private final MemorySegment bytes;
    private final MemorySegment offsets;
    private final MemorySegment order;

    IdTable(int rows, MemorySegment bytes, MemorySegment offsets, MemorySegment order) {
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
        for (int i = 0; i <= rows; i++) {
            long least = i == 0 ? 0 : begin(i - 1) + 1;
            long most = i == 0 ? 0 : begin(i - 1) + SegmentFormat.MAX_ID_BYTES;
            if (begin(i) < least || begin(i) > most || begin(i) > bytes.byteSize()) {
                throw new CorruptSegmentException(
                        file, offsetsAt + 8L * i, "id %d begins at %d".formatted(i, begin(i)));
            }
        }
        if (begin(rows) != bytes.byteSize()) {
            throw new CorruptSegmentException(
                    file,
                    offsetsAt + 8L * rows,
                    "ids end at %d, not at %d".formatted(begin(rows), bytes.byteSize()));
        }
        BitSet seen = new BitSet(rows);
        for (int i = 0; i < rows; i++) {
            int ordinal = ordinalAt(i);
            if (ordinal < 0 || ordinal >= rows || seen.get(ordinal)) {
                throw new CorruptSegmentException(
                        file, orderAt + 4L * i, "no order of ids: ordinal " + ordinal);
            }
            seen.set(ordinal);
            if (i > 0 && !ascend(ordinalAt(i - 1), ordinal)) {
                throw new CorruptSegmentException(
                        file, orderAt + 4L * i, "no order of ids: they do not ascend");
            }
        }
    }

    private boolean ascend(int before, int after) {
        int order =
                compare(
                        bytes,
                        begin(before),
                        begin(before + 1),
                        bytes,
                        begin(after),
                        begin(after + 1));
        return order < 0 || (order == 0 && before < after);
    }

    private long begin(int ordinal) {
        return offsets.get(LONG, (long) ordinal * Long.BYTES);
    }

    private int ordinalAt(int place) {
        return order.get(INT, (long) place * Integer.BYTES);
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
