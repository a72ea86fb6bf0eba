package io.vectron.index.sealed;

import static io.vectron.index.sealed.SegmentFormat.INT;

import io.vectron.index.Metric;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.sealed.SegmentHeader.Place;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * An open segment file. Its header and tables were checked when it was opened; its bodies {@link
 * #records} and {@link #floats} are read under their guards only. The rows lie in the mapped file
 * and not on the heap; what changes, the deaths, lies beside it.
 *
 * <p>Any thread reads; one at a time marks deaths; the one that opened it closes it, when nobody
 * reads any more (a later access fails with an {@link IllegalStateException}).
 */
public final class SealedSegment implements AutoCloseable {

    private final Path file;
    private final SegmentChannel channel; // ours: closed by close, like the arena
    private final Arena arena;
    private final MemorySegment map;
    private final byte[] encodedHeader;
    private final SegmentHeader header;
    private final Verdict verdict;
    private final MemorySegment records;
    private final BlockGuard recordGuard;
    private final MemorySegment floats;
    private final BlockGuard floatGuard;
    private final VersionTable versions;
    private final IdTable ids;
    private final Deaths deaths;

    private SealedSegment(Path file, SegmentChannel channel, Arena arena) throws IOException {
        this.file = file;
        this.channel = channel;
        this.arena = arena;
        this.map = channel.map(arena);
        this.verdict = new Verdict(file);
        this.encodedHeader = readHeader();
        this.header = SegmentHeader.decode(file, encodedHeader, map.byteSize());
        for (Section section : Section.values()) {
            check(section);
        }
        int rows = header.rows();
        int[] checksums = section(Section.BLOCK_CHECKSUMS).toArray(INT);
        int recordBlocks = BlockGuard.blocks(header.place(Section.RECORDS).length());
        this.records = section(Section.RECORDS);
        this.recordGuard = guard(Section.RECORDS, checksums, 0, recordBlocks);
        this.floats = section(Section.FLOATS);
        this.floatGuard = guard(Section.FLOATS, checksums, recordBlocks, checksums.length);
        this.versions = new VersionTable(rows, new PackedNumbers(rows, section(Section.VERSIONS)));
        versions.check(file, header.place(Section.VERSIONS).offset());
        this.ids =
                new IdTable(
                        rows,
                        section(Section.ID_BYTES),
                        new PackedNumbers(rows + 1, section(Section.ID_OFFSETS)),
                        new Ordinals(section(Section.ID_ORDER), Ordinals.width(rows)));
        ids.check(
                file,
                header.place(Section.ID_OFFSETS).offset(),
                header.place(Section.ID_ORDER).offset());
        this.deaths = new Deaths(rows);
        markStillborn();
        PageAdvice.random(records);
        PageAdvice.random(floats);
    }

    /**
     * Opens and maps a segment file. Reads the tables, some 30 bytes a row, and not the bodies.
     *
     * @throws CorruptSegmentException if its header or a table is not as written, or if it is
     *     shorter or longer than it was
     * @throws NewerFormatException if a later version of the format is needed to read it
     * @throws IOException if it cannot be read
     */
    public static SealedSegment open(Path file) throws IOException {
        SegmentChannel channel = SegmentChannel.open(file);
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try {
            SealedSegment segment = new SealedSegment(file, channel, arena);
            opened = true;
            return segment;
        } finally {
            if (!opened) {
                arena.close();
                channel.close();
            }
        }
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** Length of the file. */
    public long bytes() {
        return map.byteSize();
    }

    /** Rows, stillborn and dead ones included. */
    public int rows() {
        return header.rows();
    }

    /** How its records look. */
    public RecordLayout layout() {
        return header.layout();
    }

    /** The metric of its rows. */
    public Metric metric() {
        return header.metric();
    }

    /** What tells the file from any other. */
    public SegmentSummary summary() {
        return new SegmentSummary(
                rows(),
                bytes(),
                SegmentHeader.checksumOf(encodedHeader),
                version(0),
                version(rows() - 1));
    }

    /** The log offset that wrote a row; ascends with the ordinal. */
    public long version(int ordinal) {
        return versions.at(ordinal);
    }

    /** The row that a log offset wrote, -1 if there is none. */
    public int ordinalOf(long version) {
        return versions.find(version);
    }

    /** The id of a row. */
    public String id(int ordinal) {
        return new String(ids.id(ordinal), StandardCharsets.UTF_8);
    }

    /** The id of a row, as UTF-8. */
    public byte[] idBytes(int ordinal) {
        return ids.id(ordinal);
    }

    /** The row of an id given as UTF-8, dead or not; of several rows the last; -1 if none. */
    public int find(byte[] id) {
        return ids.find(id);
    }

    /** Version of the file's format: {@link SegmentFormat#VERSION} or the one before. */
    public int format() {
        return header.format();
    }

    /** Rows × {@code layout().stride()} bytes. Touch the guard before reading. */
    public MemorySegment records() {
        return records;
    }

    /** Guards {@link #records}. */
    public BlockGuard recordGuard() {
        return recordGuard;
    }

    /** Rows × padded little-endian float32. Touch the guard before reading. */
    public MemorySegment floats() {
        return floats;
    }

    /** Guards {@link #floats}. */
    public BlockGuard floatGuard() {
        return floatGuard;
    }

    /** What was written as the quantizer. */
    public MemorySegment quantizer() {
        return section(Section.QUANTIZER);
    }

    /** What was written as the entries. */
    public MemorySegment entries() {
        return section(Section.ENTRIES);
    }

    /** When rows died; stillborn ones are marked. */
    public Deaths deaths() {
        return deaths;
    }

    /** Rows that were dead when the file was written. */
    public int stillborn() {
        return (int) (header.place(Section.STILLBORN).length() / Integer.BYTES);
    }

    /**
     * Every search asks this first.
     *
     * @throws CorruptSegmentException if anything of the file was found corrupt, ever
     */
    public void requireSound() {
        verdict.requireSound();
    }

    /**
     * Reads the whole file again, and compares it with its checksums.
     *
     * @param pace says how fast
     * @throws CorruptSegmentException if it is not as written; the segment answers no more
     * @throws InterruptedException if the pace says so
     */
    public void scrub(Pace pace) throws InterruptedException {
        try {
            if (!Arrays.equals(readHeader(), encodedHeader)) {
                throw verdict.corrupt(0, "header: it is not as it was when it was opened");
            }
            for (Section section : Section.values()) {
                check(section);
                pace.read(section.isBody() ? 0 : header.place(section).length());
            }
        } catch (IOException e) {
            CorruptSegmentException unreadable =
                    verdict.corrupt(0, "header or tables cannot be read");
            unreadable.addSuppressed(e);
            throw unreadable;
        }
        recordGuard.scrub(pace);
        floatGuard.scrub(pace);
    }

    /** Unmaps and closes the file. */
    @Override
    public void close() throws IOException {
        arena.close();
        channel.close();
    }

    private byte[] readHeader() throws IOException {
        if (map.byteSize() < SegmentFormat.HEADER_BYTES) {
            throw verdict.corrupt(
                    map.byteSize(), "it has fewer bytes than a header: " + map.byteSize());
        }
        byte[] bytes = new byte[SegmentFormat.HEADER_BYTES];
        channel.read(0, bytes, bytes.length);
        return bytes;
    }

    // What lies before a section, back to the one before, and the section itself if it is a table.
    private void check(Section section) throws IOException {
        Place place = header.place(section);
        long gapAt =
                section.index() == 0
                        ? SegmentFormat.HEADER_BYTES
                        : header.places().get(section.index() - 1).end();
        byte[] gap = new byte[(int) (place.offset() - gapAt)];
        channel.read(gapAt, gap, gap.length);
        for (int i = 0; i < gap.length; i++) {
            if (gap[i] != 0) {
                throw verdict.corrupt(gapAt + i, "a byte between sections is not zero");
            }
        }
        if (!section.isBody()) {
            int found = Checksum.of(channel, place.offset(), place.length());
            if (found != place.checksum()) {
                throw verdict.corrupt(
                        place.offset(),
                        "%s: checksum is %08x, not %08x"
                                .formatted(section, found, place.checksum()));
            }
        }
    }

    private MemorySegment section(Section section) {
        Place place = header.place(section);
        return map.asSlice(place.offset(), place.length());
    }

    private BlockGuard guard(Section section, int[] checksums, int from, int to) {
        return new BlockGuard(
                verdict,
                section.name(),
                channel,
                header.place(section).offset(),
                header.place(section).length(),
                Arrays.copyOfRange(checksums, from, to));
    }

    private void markStillborn() {
        Place place = header.place(Section.STILLBORN);
        int before = -1;
        for (long at = place.offset(); at < place.end(); at += Integer.BYTES) {
            int ordinal = map.get(INT, at);
            if (ordinal <= before || ordinal >= rows()) {
                throw new CorruptSegmentException(
                        file, at, "stillborn ordinal %d after %d".formatted(ordinal, before));
            }
            deaths.mark(ordinal, 0);
            before = ordinal;
        }
    }
}
