package io.vectron.index.sealed;

import static io.vectron.index.sealed.SegmentFormat.INT;
import static io.vectron.index.sealed.SegmentFormat.LONG;

import io.vectron.index.code.RecordLayout;
import io.vectron.index.sealed.SegmentHeader.Place;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a segment file as a stream: beside a buffer it keeps twelve bytes a row on the heap, for
 * the order of the ids. The header comes last, so that an unfinished file does not even begin like
 * a segment. One use each.
 */
public final class SegmentWriter {

    private static final int BUFFER_BYTES = 1 << 20; // many times the widest row
    private static final long FORCE_BYTES = 64L << 20;

    private final Path file;
    private final SegmentSource source;
    private final SegmentOutput output;
    private final int rows;
    private final RecordLayout layout;
    private final List<Place> places = new ArrayList<>();
    private final BlockChecksums blocks = new BlockChecksums();
    private final MemorySegment buffer;
    private final long[] idOffsets;
    private long end = SegmentFormat.HEADER_BYTES;
    private long unforced;

    private SegmentWriter(Path file, SegmentSource source, SegmentOutput output, Arena arena) {
        this.file = file;
        this.source = source;
        this.output = output;
        this.rows = source.rows();
        this.layout = source.layout();
        this.buffer = arena.allocate(BUFFER_BYTES, RecordLayout.LINE_BYTES);
        this.idOffsets = new long[rows + 1];
    }

    /**
     * Writes a new file and comes back when it is on the disk. Its folder is not forced: whoever
     * gives the file its final name does that.
     *
     * @param file does not exist; if the writing fails, it does not exist afterwards either
     * @throws IOException with the file's name, if it exists or cannot be written
     * @throws IllegalArgumentException if the source breaks its contract
     */
    public static SegmentSummary write(Path file, SegmentSource source) throws IOException {
        return write(file, source, SegmentOutput::create);
    }

    static SegmentSummary write(Path file, SegmentSource source, SegmentOutput.Opener opener)
            throws IOException {
        if (source.rows() < 1 || source.rows() > SegmentFormat.MAX_ROWS) {
            throw new IllegalArgumentException("rows: " + source.rows());
        }
        SegmentOutput output = opener.create(file);
        boolean written = false;
        try {
            SegmentSummary summary = write(file, source, output);
            written = true;
            return summary;
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
        } finally {
            if (!written) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static SegmentSummary write(Path file, SegmentSource source, SegmentOutput output)
            throws IOException {
        try (output;
                Arena arena = Arena.ofConfined()) {
            return new SegmentWriter(file, source, output, arena).write();
        }
    }

    private SegmentSummary write() throws IOException {
        body(Section.RECORDS, layout.stride(), this::fillRecords);
        body(
                Section.FLOATS,
                Math.toIntExact(Section.FLOATS.leastBytes(new Extent(layout, 1))),
                source::floats);
        int[] checksums = blocks.sums();
        table(Section.BLOCK_CHECKSUMS, checksums.length, (i, to) -> to.putInt(checksums[i]));
        table(Section.VERSIONS, new NumberPacker(rows, this::version));
        table(Section.ID_BYTES, rows, this::putId);
        table(Section.ID_OFFSETS, new NumberPacker(rows + 1, i -> idOffsets[i]));
        int[] order = idOrder();
        int width = Ordinals.width(rows);
        table(Section.ID_ORDER, rows, (i, to) -> Ordinals.put(order[i], width, to));
        int[] stillborn = source.stillborn();
        requireOrdinals(stillborn);
        table(Section.STILLBORN, stillborn.length, (i, to) -> to.putInt(stillborn[i]));
        table(Section.QUANTIZER, source.quantizer());
        table(Section.ENTRIES, source.entries());
        output.force();
        byte[] header =
                new SegmentHeader(SegmentFormat.VERSION, layout, source.metric(), rows, places)
                        .encode();
        output.write(ByteBuffer.wrap(header), 0);
        output.force();
        return new SegmentSummary(
                rows,
                end,
                SegmentHeader.checksumOf(header),
                source.version(0),
                source.version(rows - 1));
    }

    /** Writes rows of a body into memory. */
    @FunctionalInterface
    private interface Fill {
        void fill(int from, int to, MemorySegment into);
    }

    private void body(Section section, int rowBytes, Fill fill) throws IOException {
        long start = begin(section);
        int most = (int) (buffer.byteSize() / rowBytes);
        for (int from = 0; from < rows; from += most) {
            int to = Math.min(rows, from + most);
            MemorySegment part = buffer.asSlice(0, (long) (to - from) * rowBytes);
            part.fill((byte) 0);
            fill.fill(from, to, part);
            blocks.add(part.asByteBuffer());
            append(part.asByteBuffer());
        }
        blocks.endBody();
        places.add(new Place(section, start, end - start, 0));
    }

    private void fillRecords(int from, int to, MemorySegment into) {
        source.records(from, to, into);
        for (int row = 0; row < to - from; row++) {
            long at = (long) row * layout.stride() + layout.neighboursAt();
            for (int i = 0; i < RecordLayout.DEGREE; i++) {
                int neighbour = into.get(INT, at + (long) i * Integer.BYTES);
                if (neighbour < 0 || neighbour >= rows) {
                    throw new IllegalArgumentException(
                            "row %d of %d has neighbour %d".formatted(from + row, rows, neighbour));
                }
            }
        }
    }

    /** Writes an element of a table into a buffer that has room for it. */
    @FunctionalInterface
    private interface Put {
        void put(int index, ByteBuffer to);
    }

    private void table(Section section, int elements, Put put) throws IOException {
        long start = begin(section);
        Checksum sum = new Checksum();
        ByteBuffer part = buffer.asByteBuffer().order(LONG.order());
        for (int i = 0; i < elements; i++) {
            if (part.remaining() < SegmentFormat.MAX_ID_BYTES) { // the largest element
                sum.add(part.flip());
                append(part);
                part.clear();
            }
            put.put(i, part);
        }
        sum.add(part.flip());
        append(part);
        places.add(new Place(section, start, end - start, sum.value()));
    }

    private void table(Section section, NumberPacker numbers) throws IOException {
        table(section, numbers.elements(), numbers::put);
    }

    private void table(Section section, MemorySegment bytes) throws IOException {
        if (bytes.byteSize() > SegmentFormat.MAX_CODEC_BYTES) {
            throw new IllegalArgumentException(section + " has " + bytes.byteSize() + " bytes");
        }
        long start = begin(section);
        append(bytes.asByteBuffer());
        places.add(new Place(section, start, end - start, Checksum.of(bytes)));
    }

    private long version(int ordinal) {
        long version = source.version(ordinal);
        if (version < 0 || (ordinal > 0 && version <= source.version(ordinal - 1))) {
            throw new IllegalArgumentException(
                    "version %d of row %d does not ascend".formatted(version, ordinal));
        }
        return version;
    }

    private void putId(int ordinal, ByteBuffer to) {
        byte[] id = source.id(ordinal);
        if (id.length < 1 || id.length > SegmentFormat.MAX_ID_BYTES) {
            throw new IllegalArgumentException(
                    "id of row %d has %d bytes".formatted(ordinal, id.length));
        }
        to.put(id);
        idOffsets[ordinal + 1] = idOffsets[ordinal] + id.length;
    }

    // The ids are compared where they were just written, so that they need not be kept.
    private int[] idOrder() throws IOException {
        Place ids = places.get(Section.ID_BYTES.index());
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, ids.offset(), ids.length(), arena);
            return IdOrder.of(bytes, idOffsets);
        }
    }

    private void requireOrdinals(int[] stillborn) {
        int before = -1;
        for (int ordinal : stillborn) {
            if (ordinal <= before || ordinal >= rows) {
                throw new IllegalArgumentException(
                        "stillborn ordinal %d after %d, of %d rows"
                                .formatted(ordinal, before, rows));
            }
            before = ordinal;
        }
    }

    private long begin(Section section) throws IOException {
        long start = section.after(end);
        append(ByteBuffer.allocate((int) (start - end)));
        return start;
    }

    private void append(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        output.write(bytes, end);
        end += length;
        unforced += length;
        if (unforced >= FORCE_BYTES) { // a little at a time, or others wait for the disk for long
            output.force();
            unforced = 0;
        }
    }
}
