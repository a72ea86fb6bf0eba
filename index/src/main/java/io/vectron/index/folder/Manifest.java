package io.vectron.index.folder;

import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.index.sealed.NewerFormatException;
import io.vectron.index.sealed.SegmentSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Which segments a folder holds. As a file it is text, a line each, the last one the checksum of
 * those before:
 *
 * <pre>
 * vectron-segments 1
 * sequence 17
 * next 9
 * segment 4 from 0 to 1000 rows 990 bytes 123456 checksum 9a3f00ff first 3 last 999
 * checksum 1a2b3c4d
 * </pre>
 *
 * <p>Numbers are decimal, checksums eight hexadecimal digits.
 *
 * @param sequence grows with each manifest of the folder
 * @param nextId above every segment's id, those of former manifests included
 * @param segments in ascending order of their ranges, which do not overlap
 */
public record Manifest(long sequence, long nextId, List<ManifestEntry> segments) {

    /** Name of its file. */
    public static final String FILE = "MANIFEST";

    /** The version that this code writes. It reads this one, and no other was before it. */
    public static final int VERSION = 1;

    /** The most segments of a folder. */
    public static final int MAX_SEGMENTS = 10_000;

    /** The longest file: the most segments, each in a line of the longest numbers. */
    static final int MAX_BYTES = 300 * (MAX_SEGMENTS + 4);

    private static final String TITLE = "vectron-segments ";
    private static final String SUM = "checksum ";
    private static final HexFormat HEX = HexFormat.of();

    /** A folder without segments. */
    public static final Manifest EMPTY = new Manifest(0, 0, List.of());

    /** Refuses ids that are not unique and ranges that overlap or are out of order. */
    public Manifest {
        segments = List.copyOf(segments);
        if (sequence < 0 || nextId < 0) {
            throw new IllegalArgumentException("sequence %d, next %d".formatted(sequence, nextId));
        }
        if (segments.size() > MAX_SEGMENTS) {
            throw new IllegalArgumentException(
                    segments.size() + " segments are more than " + MAX_SEGMENTS);
        }
        Set<Long> ids = new HashSet<>();
        long end = 0;
        for (ManifestEntry segment : segments) {
            if (segment.id() >= nextId || !ids.add(segment.id())) {
                throw new IllegalArgumentException(
                        "segment id %d twice or not below %d".formatted(segment.id(), nextId));
            }
            if (segment.from() < end) {
                throw new IllegalArgumentException(
                        "segment %d begins at version %d, before %d"
                                .formatted(segment.id(), segment.from(), end));
            }
            end = segment.to();
        }
    }

    /** The file's content. */
    byte[] encode() {
        StringBuilder text = new StringBuilder();
        text.append(TITLE).append(VERSION).append('\n');
        text.append("sequence ").append(sequence).append('\n');
        text.append("next ").append(nextId).append('\n');
        for (ManifestEntry segment : segments) {
            SegmentSummary summary = segment.summary();
            text.append("segment ").append(segment.id());
            text.append(" from ").append(segment.from()).append(" to ").append(segment.to());
            text.append(" rows ").append(summary.rows());
            text.append(" bytes ").append(summary.bytes());
            text.append(" checksum ").append(HEX.toHexDigits(summary.checksum()));
            text.append(" first ").append(summary.firstVersion());
            text.append(" last ").append(summary.lastVersion()).append('\n');
        }
        text.append(lastLine(text.toString()));
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads a file's content.
     *
     * @param file for errors
     * @throws CorruptSegmentException if it is not what was written
     * @throws NewerFormatException if a later Vectron wrote it
     */
    static Manifest decode(Path file, byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1); // a char for each byte
        int sumAt = text.lastIndexOf(SUM, text.length() - SUM.length() - 9);
        if (sumAt < 0 || !text.startsWith(TITLE)) {
            throw new CorruptSegmentException(file, 0, "it is no whole manifest");
        }
        String above = text.substring(0, sumAt);
        if (!text.substring(sumAt).equals(lastLine(above))) {
            throw new CorruptSegmentException(
                    file, 0, "manifest: its lines do not have the checksum that it says");
        }
        Manifest manifest;
        try {
            List<String> lines = above.lines().toList();
            int version = Integer.parseInt(lines.getFirst().substring(TITLE.length()));
            if (version > VERSION) {
                throw new NewerFormatException(file, version, VERSION);
            }
            manifest = parse(lines);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new CorruptSegmentException(file, 0, "manifest: " + e.getMessage());
        }
        if (!Arrays.equals(manifest.encode(), bytes)) {
            throw new CorruptSegmentException(file, 0, "manifest: not as this version writes it");
        }
        return manifest;
    }

    // What is not exactly as encode writes it is found by comparison: no need to be strict here.
    private static Manifest parse(List<String> lines) {
        List<ManifestEntry> segments = new ArrayList<>();
        for (String line : lines.subList(3, lines.size())) {
            String[] words = line.split(" ", -1);
            SegmentSummary summary =
                    new SegmentSummary(
                            Integer.parseInt(words[7]),
                            Long.parseLong(words[9]),
                            Integer.parseUnsignedInt(words[11], 16),
                            Long.parseLong(words[13]),
                            Long.parseLong(words[15]));
            segments.add(
                    new ManifestEntry(
                            Long.parseLong(words[1]),
                            Long.parseLong(words[3]),
                            Long.parseLong(words[5]),
                            summary));
        }
        return new Manifest(number(lines.get(1)), number(lines.get(2)), segments);
    }

    private static long number(String line) {
        return Long.parseLong(line.substring(line.indexOf(' ') + 1));
    }

    private static String lastLine(String above) {
        CRC32C crc = new CRC32C();
        crc.update(above.getBytes(StandardCharsets.ISO_8859_1));
        return SUM + HEX.toHexDigits((int) crc.getValue()) + "\n";
    }
}
