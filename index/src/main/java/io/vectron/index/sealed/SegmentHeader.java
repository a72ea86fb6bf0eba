package io.vectron.index.sealed;

import static io.vectron.index.sealed.SegmentFormat.HEADER_BYTES;
import static io.vectron.index.sealed.SegmentFormat.INT;
import static io.vectron.index.sealed.SegmentFormat.LONG;

import io.vectron.index.Metric;
import io.vectron.index.code.RecordLayout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * What a segment file says first: what its rows are like, and where its sections lie.
 *
 * @param format version of the file's format
 * @param rows at least 1
 * @param places one for each section, in the order of {@link Section}
 */
record SegmentHeader(int format, RecordLayout layout, Metric metric, int rows, List<Place> places) {

    private static final int FILE_BYTES_AT = 40;
    private static final int PLACES_AT = 64;
    private static final int PLACE_BYTES = 32;
    private static final int CHECKSUM_AT = HEADER_BYTES - Integer.BYTES;

    /**
     * Where a section lies.
     *
     * @param offset from the start of the file
     * @param checksum CRC32C of its bytes; 0 for bodies, whose blocks have their own
     */
    record Place(Section section, long offset, long length, int checksum) {
        long end() {
            return offset + length;
        }
    }

    /** Refuses rows out of range and sections that are not where they must be. */
    SegmentHeader {
        if (format < SegmentFormat.VERSION - 1 || format > SegmentFormat.VERSION) {
            throw new IllegalArgumentException("format version: " + format);
        }
        Objects.requireNonNull(layout, "layout");
        Objects.requireNonNull(metric, "metric");
        if (rows < 1 || rows > SegmentFormat.MAX_ROWS) {
            throw new IllegalArgumentException("rows: " + rows);
        }
        Section[] sections = Section.values();
        places = List.copyOf(places);
        if (places.size() != sections.length) {
            throw new IllegalArgumentException("sections: " + places.size());
        }
        long end = HEADER_BYTES;
        for (int i = 0; i < sections.length; i++) {
            requirePlace(places.get(i), sections[i], end, new Extent(layout, rows));
            end = places.get(i).end();
        }
    }

    private static void requirePlace(Place place, Section section, long end, Extent extent) {
        if (place.section() != section) {
            throw new IllegalArgumentException(place.section() + " instead of " + section);
        }
        if (place.offset() != section.after(end)) {
            throw new IllegalArgumentException(
                    "%s begins at %d, not at %d"
                            .formatted(section, place.offset(), section.after(end)));
        }
        if (section.isBody() && place.checksum() != 0) {
            throw new IllegalArgumentException(section + " has a checksum as a whole");
        }
        long least = section.leastBytes(extent);
        long most = section.mostBytes(extent);
        if (place.length() < least || place.length() > most) {
            throw new IllegalArgumentException(
                    "%s has %d bytes, not %d to %d"
                            .formatted(section, place.length(), least, most));
        }
        if (section == Section.STILLBORN && place.length() % Integer.BYTES != 0) {
            throw new IllegalArgumentException("STILLBORN has " + place.length() + " bytes");
        }
    }

    Place place(Section section) {
        return places.get(section.index());
    }

    /** Length of the whole file. */
    long fileBytes() {
        return places.getLast().end();
    }

    /** The header's 4 KiB. */
    byte[] encode() {
        byte[] bytes = new byte[HEADER_BYTES];
        MemorySegment to = MemorySegment.ofArray(bytes);
        to.set(LONG, 0, SegmentFormat.MAGIC);
        to.set(INT, 8, format);
        to.set(INT, 12, layout.fused() ? SegmentFormat.FLAG_FUSED : 0);
        to.set(INT, 16, code(metric));
        to.set(INT, 20, layout.dimension());
        to.set(INT, 24, rows);
        to.set(INT, 28, layout.stride());
        to.set(INT, 32, BlockGuard.BLOCK_BYTES);
        to.set(INT, 36, places.size());
        to.set(LONG, FILE_BYTES_AT, fileBytes());
        long at = PLACES_AT;
        for (Place place : places) {
            to.set(INT, at, place.section().kind());
            to.set(INT, at + 4, place.section().isBody() ? 1 : 0);
            to.set(LONG, at + 8, place.offset());
            to.set(LONG, at + 16, place.length());
            to.set(INT, at + 24, place.checksum());
            at += PLACE_BYTES;
        }
        to.set(INT, CHECKSUM_AT, checksum(bytes));
        return bytes;
    }

    /** The checksum in an encoded header: it covers, by way of other checksums, the whole file. */
    static int checksumOf(byte[] encoded) {
        return MemorySegment.ofArray(encoded).get(INT, CHECKSUM_AT);
    }

    /**
     * Reads a header.
     *
     * @param bytes the file's first 4 KiB
     * @param fileBytes the file's true length
     * @throws CorruptSegmentException if it is not one that was written
     * @throws NewerFormatException if it is of a later version
     */
    static SegmentHeader decode(Path file, byte[] bytes, long fileBytes) throws IOException {
        MemorySegment from = MemorySegment.ofArray(bytes);
        if (from.get(LONG, 0) != SegmentFormat.MAGIC) {
            throw new CorruptSegmentException(file, 0, "it does not begin as a segment does");
        }
        int stored = checksumOf(bytes);
        int found = checksum(bytes);
        if (stored != found) {
            throw new CorruptSegmentException(
                    file, 0, "header: checksum is %08x, not %08x".formatted(found, stored));
        }
        int version = from.get(INT, 8);
        if (Integer.compareUnsigned(version, SegmentFormat.VERSION) > 0) {
            throw new NewerFormatException(file, version, SegmentFormat.VERSION);
        }
        SegmentHeader header;
        try {
            header = decode(from);
        } catch (IllegalArgumentException e) {
            throw new CorruptSegmentException(file, 0, "header: " + e.getMessage());
        }
        if (header.fileBytes() != fileBytes) {
            throw new CorruptSegmentException(
                    file,
                    Math.min(fileBytes, header.fileBytes()),
                    "it has %d bytes, not %d".formatted(fileBytes, header.fileBytes()));
        }
        if (checksumOf(header.encode()) != stored) {
            throw new CorruptSegmentException(file, 0, "header: fields contradict each other");
        }
        return header;
    }

    private static SegmentHeader decode(MemorySegment from) {
        int flags = from.get(INT, 12);
        if ((flags & ~SegmentFormat.FLAG_FUSED) != 0) {
            throw new IllegalArgumentException("unknown flags: " + flags);
        }
        RecordLayout layout = new RecordLayout(from.get(INT, 20), flags != 0);
        List<Place> places = new ArrayList<>();
        long at = PLACES_AT;
        for (Section section : Section.values()) {
            if (from.get(INT, at) != section.kind()) {
                throw new IllegalArgumentException(
                        "section of kind " + from.get(INT, at) + " instead of " + section);
            }
            places.add(
                    new Place(
                            section,
                            from.get(LONG, at + 8),
                            from.get(LONG, at + 16),
                            from.get(INT, at + 24)));
            at += PLACE_BYTES;
        }
        Metric metric = metric(from.get(INT, 16));
        return new SegmentHeader(from.get(INT, 8), layout, metric, from.get(INT, 24), places);
    }

    private static int checksum(byte[] header) {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, CHECKSUM_AT);
        return (int) crc.getValue();
    }

    private static int code(Metric metric) {
        return switch (metric) {
            case COSINE -> 1;
            case DOT -> 2;
            case EUCLIDEAN -> 3;
        };
    }

    private static Metric metric(int code) {
        for (Metric metric : Metric.values()) {
            if (code(metric) == code) {
                return metric;
            }
        }
        throw new IllegalArgumentException("unknown metric: " + code);
    }
}
