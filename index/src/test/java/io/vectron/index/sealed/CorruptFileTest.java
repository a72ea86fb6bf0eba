package io.vectron.index.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.index.Metric;
import io.vectron.index.code.RecordLayout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No byte of a segment file can change, and none can be lost or added, without being found. */
class CorruptFileTest {

    @TempDir Path folder;
    private Path file = Path.of("");
    private byte[] sound = new byte[0];
    private long bodiesAt;
    private long bodiesEnd;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("small.vsg");
        SegmentWriter.write(
                file, new RandomSource(5, 12, new RecordLayout(20, true), Metric.EUCLIDEAN));
        use(Files.readAllBytes(file));
    }

    private void use(int format) throws IOException {
        if (format < SegmentFormat.VERSION) {
            use(Golden.format2());
            Files.write(file, sound);
        }
    }

    private void use(byte[] bytes) throws IOException {
        sound = bytes;
        SegmentHeader header = SegmentHeader.decode(file, Arrays.copyOf(sound, 4096), sound.length);
        bodiesAt = header.place(Section.RECORDS).offset();
        bodiesEnd = header.place(Section.FLOATS).end();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void everyFlippedByteIsFound(int format) throws Exception {
        use(format);
        int foundByTouch = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int at = 0; at < sound.length; at++) {
                byte wrong = (byte) (sound[at] ^ (1 << (at % 8)));
                channel.write(ByteBuffer.wrap(new byte[] {wrong}), at);
                CorruptSegmentException found = at % 16 == 0 ? findByScrub() : find();
                assertThat(found.file()).isEqualTo(file);
                if (found.offset() > at || !String.valueOf(found.getMessage()).contains("small")) {
                    throw new AssertionError("byte " + at, found);
                }
                boolean body = String.valueOf(found.getMessage()).contains(", block ");
                if (body != (at >= bodiesAt && at < bodiesEnd && !betweenBodies(at))) {
                    throw new AssertionError("byte " + at, found);
                }
                foundByTouch += body ? 1 : 0;
                channel.write(ByteBuffer.wrap(sound, at, 1), at);
            }
        }
        assertThat(foundByTouch).isGreaterThan(format == 2 ? 1_000 : 5_000);
        SealedSegment.open(file).close();
    }

    private boolean betweenBodies(int at) throws IOException {
        SegmentHeader header = SegmentHeader.decode(file, Arrays.copyOf(sound, 4096), sound.length);
        return at >= header.place(Section.RECORDS).end()
                && at < header.place(Section.FLOATS).offset();
    }

    private CorruptSegmentException find() throws IOException {
        try (SealedSegment segment = SealedSegment.open(file)) {
            segment.recordGuard().touch(0, segment.records().byteSize());
            segment.floatGuard().touch(0, segment.floats().byteSize());
        } catch (CorruptSegmentException e) {
            return e;
        }
        throw new AssertionError("nothing found");
    }

    private CorruptSegmentException findByScrub() throws IOException, InterruptedException {
        try (SealedSegment segment = SealedSegment.open(file)) {
            try {
                segment.scrub(Pace.unbounded());
            } catch (CorruptSegmentException e) {
                assertThatThrownBy(segment::requireSound)
                        .isInstanceOf(CorruptSegmentException.class);
                return e;
            }
        } catch (CorruptSegmentException e) {
            return e;
        }
        throw new AssertionError("nothing found");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void everyTruncationIsFoundAtOpen(int format) throws IOException {
        use(format);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int length = sound.length - 1; length >= 0; length--) {
                channel.truncate(length);
                CorruptSegmentException found = find();
                if (found.offset() != length) {
                    throw new AssertionError(length + " bytes", found);
                }
            }
        }
    }

    @Test
    void addedBytesAreFoundAtOpen() throws IOException {
        Files.write(file, new byte[1], StandardOpenOption.APPEND);
        assertThatThrownBy(() -> SealedSegment.open(file).close())
                .isInstanceOf(CorruptSegmentException.class)
                .hasMessageContaining("it has " + (sound.length + 1) + " bytes");
    }

    @Test
    void whatAScrubFindsInAGoodBlockEndsAllAnswers() throws Exception {
        try (SealedSegment segment = SealedSegment.open(file)) {
            segment.recordGuard().touch(0, segment.records().byteSize());
            segment.floatGuard().touch(0, segment.floats().byteSize());
            segment.requireSound();
            byte[] wrong = sound.clone();
            wrong[(int) bodiesAt + 9] ^= 1;
            Files.write(file, wrong, StandardOpenOption.WRITE); // the mapped file itself
            assertThatThrownBy(() -> segment.scrub(Pace.unbounded()))
                    .isInstanceOf(CorruptSegmentException.class);
            assertThatThrownBy(segment::requireSound).isInstanceOf(CorruptSegmentException.class);
            assertThatThrownBy(() -> segment.recordGuard().touch(0, 1))
                    .isInstanceOf(CorruptSegmentException.class);
        }
    }

    @Test
    void aScrubFindsATableThatChangedAfterItWasOpened() throws Exception {
        try (SealedSegment segment = SealedSegment.open(file)) {
            byte[] wrong = sound.clone();
            wrong[sound.length - 1] ^= 1;
            Files.write(file, wrong, StandardOpenOption.WRITE);
            assertThatThrownBy(() -> segment.scrub(Pace.unbounded()))
                    .isInstanceOf(CorruptSegmentException.class)
                    .hasMessageContaining("ENTRIES");
        }
    }

    @Test
    void aFileThatShrinksUnderItsReaderIsFound() throws Exception {
        Path large = folder.resolve("large.vsg");
        SegmentWriter.write(
                large, new RandomSource(5, 3000, new RecordLayout(128, true), Metric.DOT));
        try (SealedSegment segment = SealedSegment.open(large)) {
            Files.write(large, new byte[4096], StandardOpenOption.TRUNCATE_EXISTING);
            assertThatThrownBy(() -> segment.floatGuard().touch(1_000_000, 4))
                    .isInstanceOf(CorruptSegmentException.class)
                    .hasMessageContaining("cannot be read");
        }
    }

    @Test
    void wrongTablesWithRightChecksumsAreFoundToo() throws IOException {
        int numbers = PackedNumbers.ENTRY_BYTES; // one entry, then a byte a number
        refuses(Section.VERSIONS, numbers + 1, "version", (byte) 0xff, 1);
        refuses(Section.ID_OFFSETS, 0, "id 0 begins", (byte) 1, 1);
        refuses(Section.ID_OFFSETS, numbers + 12, "id 12 begins", (byte) 0x7f, 1);
        refuses(Section.ID_OFFSETS, numbers + 12, "ids end", (byte) 0, 1);
        refuses(Section.ID_OFFSETS, 12, "id 1 begins", (byte) 1, 1); // the line's step
        for (Section packed : List.of(Section.VERSIONS, Section.ID_OFFSETS)) {
            refuses(packed, 7, "block 0 has no place", (byte) 0x80, 1);
            refuses(packed, 15, "block 0 has no place", (byte) 0x80, 1);
            refuses(packed, 16, "block 0 has no place", (byte) (numbers + 1), 1);
            refuses(packed, 24, "block 0 has no place", (byte) 3, 1);
            refuses(packed, 24, "bytes, not", (byte) 0, 1);
            refuses(packed, 24, "bytes, not", (byte) 2, 1);
            refuses(packed, 28, "block 0 has no place", (byte) 1, 1);
        }
        refuses(Section.ID_ORDER, 0, "no order of ids", (byte) 0, 12);
        refuses(Section.ID_ORDER, 0, "no order of ids", (byte) 12, 1);
        refuses(Section.STILLBORN, 8, "stillborn ordinal", (byte) 0x7f, 4);
    }

    private void refuses(Section section, int from, String what, byte value, int length)
            throws IOException {
        byte[] wrong = sound.clone();
        SegmentHeader header = SegmentHeader.decode(file, Arrays.copyOf(wrong, 4096), wrong.length);
        int at = (int) header.place(section).offset();
        Arrays.fill(wrong, at + from, at + from + length, value);
        repairChecksums(wrong, section);
        Files.write(file, wrong);
        assertThatThrownBy(() -> SealedSegment.open(file).close())
                .isInstanceOf(CorruptSegmentException.class)
                .hasMessageContaining(what);
    }

    private void repairChecksums(byte[] wrong, Section section) throws IOException {
        SegmentHeader header = SegmentHeader.decode(file, Arrays.copyOf(sound, 4096), wrong.length);
        int at = (int) header.place(section).offset();
        CRC32C crc = new CRC32C();
        crc.update(wrong, at, (int) header.place(section).length());
        MemorySegment bytes = MemorySegment.ofArray(wrong);
        bytes.set(SegmentFormat.INT, 64 + 32L * section.index() + 24, (int) crc.getValue());
        repairHeader(bytes);
    }

    private static void repairHeader(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.asSlice(0, 4092).asByteBuffer());
        bytes.set(SegmentFormat.INT, 4092, (int) crc.getValue());
    }

    @Test
    void laterFormatsAndThoseLongGoneAreRefused() throws IOException {
        int format = SegmentFormat.VERSION + 1;
        refusesFormat(format, NewerFormatException.class, "format version " + format);
        refusesFormat(-1, NewerFormatException.class, "format version 4294967295");
        refusesFormat(0, CorruptSegmentException.class, "format version: 0");
        refusesFormat(1, CorruptSegmentException.class, "format version: 1");
    }

    private void refusesFormat(int format, Class<?> how, String what) throws IOException {
        byte[] wrong = sound.clone();
        MemorySegment bytes = MemorySegment.ofArray(wrong);
        bytes.set(SegmentFormat.INT, 8, format);
        repairHeader(bytes);
        Files.write(file, wrong);
        assertThatThrownBy(() -> SealedSegment.open(file).close())
                .isInstanceOf(how)
                .hasMessageContaining(what);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void everyByteOfAHeaderWithARightChecksumMeansSomething(int format) throws IOException {
        use(format);
        for (int at = 0; at < 4092; at++) {
            byte[] wrong = sound.clone();
            wrong[at] ^= 1;
            repairHeader(MemorySegment.ofArray(wrong));
            Files.write(file, wrong);
            if (at == 16 || at == 20 || at == 8) {
                continue; // another metric, dimension or format: the manifest's checksum knows
            }
            int place = at;
            assertThatThrownBy(
                            () -> {
                                SealedSegment.open(file).close();
                                throw new AssertionError("accepted another byte " + place);
                            })
                    .isInstanceOf(
                            at >= 9 && at < 12
                                    ? NewerFormatException.class
                                    : CorruptSegmentException.class);
        }
    }
}
