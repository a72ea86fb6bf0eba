package io.vectron.index.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vectron.index.Metric;
import io.vectron.index.code.DistanceGrowth;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.vector.Scorer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentFileTest {

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "1, 1, false, DOT",
        "2, 3, true, COSINE",
        "1000, 17, true, EUCLIDEAN",
        "3000, 384, false, COSINE",
        "2500, 128, true, DOT",
        "30, 16384, true, EUCLIDEAN",
    })
    void readsWhatWasWritten(int rows, int dimension, boolean fused, Metric metric)
            throws IOException {
        SegmentSource source =
                new RandomSource(7, rows, new RecordLayout(dimension, fused), metric);
        Path file = folder.resolve("a.vsg");
        SegmentSummary written = SegmentWriter.write(file, source);
        try (SealedSegment segment = SealedSegment.open(file)) {
            assertThat(segment.summary()).isEqualTo(written);
            assertThat(segment.bytes()).isEqualTo(Files.size(file));
            assertThat(segment.file()).isEqualTo(file);
            assertThat(segment.rows()).isEqualTo(rows);
            assertThat(segment.layout()).isEqualTo(source.layout());
            assertThat(segment.metric()).isEqualTo(metric);
            assertRows(segment, source);
            assertThat(segment.quantizer().mismatch(source.quantizer())).isEqualTo(-1);
            assertThat(segment.entries().mismatch(source.entries())).isEqualTo(-1);
            assertThat(segment.records().address() % 4096).isZero();
            assertThat(segment.floats().address() % 4096).isZero();
            assertBodies(segment, source);
        }
    }

    @Test
    void readsTheFormatBeforeAndWritesItAnew() throws IOException {
        Path old = folder.resolve("old.vsg");
        Files.write(old, Golden.format2());
        SegmentSource source = Golden.source();
        try (SealedSegment segment = SealedSegment.open(old);
                SealedSegment now = SealedSegment.open(write(source))) {
            assertThat(segment.format()).isEqualTo(2);
            assertThat(now.format()).isEqualTo(SegmentFormat.VERSION);
            for (SealedSegment one : List.of(segment, now)) {
                assertRows(one, source);
                assertThat(one.quantizer().mismatch(source.quantizer())).isEqualTo(-1);
                assertThat(one.entries().mismatch(source.entries())).isEqualTo(-1);
                assertBodies(one, source);
            }
            assertThat(now.bytes()).isLessThanOrEqualTo(segment.bytes());
        }
    }

    @Test
    void aFileOfTheFormatBeforeIsSearched() throws IOException {
        Path old = folder.resolve("old.vsg");
        Files.write(old, Golden.searchable2());
        float[][] points = Golden.points();
        Scorer scorer = new Scorer(Metric.EUCLIDEAN);
        try (SealedSegment segment = SealedSegment.open(old)) {
            assertThat(segment.format()).isEqualTo(2);
            Records records = Records.of(segment);
            assertThat(records.coding.growth()).isEqualTo(DistanceGrowth.UNKNOWN);
            Walk walk = Walk.of(segment.layout());
            for (int row = 0; row < points.length; row++) {
                float[] query = scorer.prepared(points[row]);
                assertThat(walk.search(records, query, 10, points.length, 120)).isGreaterThan(9);
                assertThat((int) walk.found()[0]).isEqualTo(row);
                assertThat(segment.id(row)).isEqualTo("row-" + row);
                double[] distances = new double[points.length];
                Arrays.setAll(
                        distances, i -> scorer.keyDistance(query, scorer.prepared(points[i]), 0));
                Arrays.sort(distances);
                for (int i = 0; i < 10; i++) {
                    float distance = Scorer.unsortable((int) (walk.found()[i] >> 32));
                    assertThat(distance).isCloseTo((float) distances[i], within(1e-3f));
                }
            }
        }
    }

    /** Beside records, floats and the ids' own bytes; versions have gaps, ids lengths. */
    @Test
    void tablesTakeAtMostTwelveBytesARow() throws IOException {
        int rows = 70_000;
        SegmentSource source =
                new RandomSource(7, rows, new RecordLayout(2, false), Metric.COSINE) {
                    @Override
                    public long version(int ordinal) {
                        return 1_000_000L * ordinal + super.version(ordinal);
                    }

                    @Override
                    public byte[] id(int ordinal) {
                        return Arrays.copyOf(super.id(ordinal), 15 + ordinal * 7 % 300);
                    }
                };
        long ids = 0;
        for (int i = 0; i < rows; i++) {
            ids += source.id(i).length;
        }
        try (SealedSegment segment = SealedSegment.open(write(source))) {
            long bodies = segment.records().byteSize() + segment.floats().byteSize();
            long rest = segment.bytes() - bodies - ids - SegmentFormat.HEADER_BYTES;
            assertThat((double) rest / rows).isBetween(5.0, 12.0);
            assertThat(segment.find(source.id(69_999))).isEqualTo(69_999);
            assertThat(segment.ordinalOf(source.version(40_000))).isEqualTo(40_000);
        }
    }

    @Test
    void versionsMayBeAnyDistanceApart() throws IOException {
        SegmentSource source =
                new RandomSource(7, 600, new RecordLayout(2, false), Metric.COSINE) {
                    @Override
                    public long version(int ordinal) {
                        return ordinal < 300 ? ordinal : Long.MAX_VALUE - 1_000 + ordinal;
                    }
                };
        try (SealedSegment segment = SealedSegment.open(write(source))) {
            for (int i = 0; i < 600; i++) {
                assertThat(segment.version(i)).isEqualTo(source.version(i));
                assertThat(segment.ordinalOf(source.version(i))).isEqualTo(i);
            }
            assertThat(segment.ordinalOf(300)).isEqualTo(-1);
        }
    }

    /** Else the system reads megabytes around each row that a walk jumps to. */
    @Test
    void pagesOfItsBodiesAreReadOneByOne() throws IOException {
        Path maps = Path.of("/proc/self/smaps");
        assumeTrue(Files.isReadable(maps), "only Linux tells");
        Path file = folder.resolve("a.vsg");
        SegmentWriter.write(
                file, new RandomSource(7, 3_000, new RecordLayout(384, true), Metric.COSINE));
        try (SealedSegment segment = SealedSegment.open(file)) {
            List<String> flags = new ArrayList<>();
            boolean ofFile = false;
            for (String line : Files.readAllLines(maps)) {
                if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                    ofFile = line.endsWith(segment.file().toString());
                } else if (ofFile && line.startsWith("VmFlags:")) {
                    flags.add(line);
                }
            }
            assertThat(flags).anyMatch(line -> line.contains(" rr"));
        }
    }

    private static void assertRows(SealedSegment segment, SegmentSource source) {
        int[] stillborn = source.stillborn();
        assertThat(segment.stillborn()).isEqualTo(stillborn.length);
        assertThat(segment.deaths().count()).isEqualTo(stillborn.length);
        assertThat(segment.deaths().any()).isEqualTo(stillborn.length > 0);
        for (int i = 0; i < source.rows(); i++) {
            assertThat(segment.version(i)).isEqualTo(source.version(i));
            assertThat(segment.ordinalOf(source.version(i))).isEqualTo(i);
            assertThat(segment.idBytes(i)).isEqualTo(source.id(i));
            assertThat(segment.id(i)).isEqualTo(new String(source.id(i), StandardCharsets.UTF_8));
            assertThat(segment.find(source.id(i))).isEqualTo(i);
            assertThat(segment.deaths().visible(i, 1))
                    .isEqualTo(Arrays.binarySearch(stillborn, i) < 0);
        }
        assertThat(segment.find(bytes("no such item"))).isEqualTo(-1);
        assertThat(segment.find(bytes("zzz"))).isEqualTo(-1);
        assertThat(segment.find(new byte[0])).isEqualTo(-1);
        assertThat(segment.ordinalOf(0)).isEqualTo(-1);
        assertThat(segment.ordinalOf(Long.MAX_VALUE)).isEqualTo(-1);
    }

    private static void assertBodies(SealedSegment segment, SegmentSource source) {
        byte[] records = new byte[Math.toIntExact(segment.records().byteSize())];
        source.records(0, source.rows(), MemorySegment.ofArray(records));
        ByteBuffer floats = ByteBuffer.allocateDirect(Math.toIntExact(segment.floats().byteSize()));
        source.floats(0, source.rows(), MemorySegment.ofBuffer(floats));
        segment.recordGuard().touch(0, records.length);
        segment.floatGuard().touch(0, floats.capacity());
        assertThat(segment.recordGuard().complete()).isTrue();
        assertThat(segment.floatGuard().complete()).isTrue();
        assertThat(segment.records().mismatch(MemorySegment.ofArray(records))).isEqualTo(-1);
        assertThat(segment.floats().mismatch(MemorySegment.ofBuffer(floats))).isEqualTo(-1);
    }

    @Test
    void scrubReadsAllThatHasAChecksum() throws Exception {
        Path file = write(small(500));
        try (SealedSegment segment = SealedSegment.open(file)) {
            long[] read = new long[1];
            segment.scrub(bytes -> read[0] += bytes);
            assertThat(read[0]).isBetween(segment.bytes() - 4096 - 10 * 4096, segment.bytes());
            assertThat(segment.recordGuard().complete()).isTrue();
            assertThat(segment.floatGuard().complete()).isTrue();
            segment.requireSound();
        }
    }

    @Test
    void equalIdsAreFoundAtTheLastRow() throws IOException {
        SegmentSource source =
                new RandomSource(1, 90, new RecordLayout(4, false), Metric.COSINE) {
                    @Override
                    public byte[] id(int ordinal) {
                        return bytes("twin-" + ordinal % 30);
                    }
                };
        try (SealedSegment segment = SealedSegment.open(write(source))) {
            for (int i = 0; i < 30; i++) {
                assertThat(segment.find(bytes("twin-" + i))).isEqualTo(60 + i);
            }
        }
    }

    @Test
    void idsOfAnyBytesAndLengths() throws IOException {
        Random random = new Random(11);
        List<byte[]> ids = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            byte[] id = new byte[i % 50 == 0 ? SegmentFormat.MAX_ID_BYTES : 1 + random.nextInt(6)];
            for (int j = 0; j < id.length; j++) {
                id[j] = (byte) (random.nextInt(3) * 127); // 0, 127 and -2: bytes are unsigned
            }
            ids.add(id);
        }
        SegmentSource source =
                new RandomSource(1, ids.size(), new RecordLayout(4, false), Metric.COSINE) {
                    @Override
                    public byte[] id(int ordinal) {
                        return ids.get(ordinal);
                    }
                };
        try (SealedSegment segment = SealedSegment.open(write(source))) {
            for (byte[] id : ids) {
                int last = ids.size() - 1;
                while (!Arrays.equals(ids.get(last), id)) {
                    last--;
                }
                assertThat(segment.find(id)).isEqualTo(last);
            }
        }
    }

    @Test
    void aClosedSegmentAnswersNothing() throws IOException {
        SealedSegment segment = SealedSegment.open(write(small(5)));
        segment.close();
        assertThatThrownBy(() -> segment.version(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void twoOpeningsDoNotDisturbEachOther() throws IOException {
        Path file = write(small(50));
        try (SealedSegment one = SealedSegment.open(file)) {
            try (SealedSegment other = SealedSegment.open(file)) {
                other.deaths().mark(1, 5);
                assertThat(one.deaths().at(1)).isEqualTo(Deaths.LIVE);
            }
            assertThat(one.version(7)).isEqualTo(small(50).version(7));
        }
    }

    @Test
    void refusesToOverwrite() throws IOException {
        Path file = write(small(5));
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> SegmentWriter.write(file, small(6)))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining(file.toString());
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void aFullDiskLeavesNoFileAtWhateverByte() throws IOException {
        SegmentSource source = small(300);
        long size = SegmentWriter.write(folder.resolve("whole.vsg"), source).bytes();
        for (long room = 0; room < size; room += 4001) {
            Path file = folder.resolve("half.vsg");
            long limit = room;
            assertThatThrownBy(() -> SegmentWriter.write(file, source, f -> new FullDisk(f, limit)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot write " + file + ": No space left on device");
            assertThat(file).doesNotExist();
        }
    }

    /** A file on a disk with room for so many bytes. */
    private static final class FullDisk implements SegmentOutput {
        private final SegmentOutput real;
        private long room;

        FullDisk(Path file, long room) throws IOException {
            this.real = SegmentOutput.create(file);
            this.room = room;
        }

        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
            room -= bytes.remaining();
            if (room < 0) {
                throw new IOException("No space left on device");
            }
            real.write(bytes, at);
        }

        @Override
        public void force() throws IOException {
            real.force();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"version", "negative", "id", "long id", "neighbour", "stillborn", "twice"})
    void refusesASourceThatBreaksItsContract(String how) {
        Path file = folder.resolve("bad.vsg");
        assertThatThrownBy(() -> SegmentWriter.write(file, new BrokenSource(how)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(file).doesNotExist();
    }

    /** Wrong in one way. */
    private static final class BrokenSource extends RandomSource {
        private final String how;

        BrokenSource(String how) {
            super(1, 20, new RecordLayout(4, false), Metric.COSINE);
            this.how = how;
        }

        @Override
        public long version(int ordinal) {
            return switch (how) {
                case "version" -> ordinal / 2;
                case "negative" -> ordinal - 5;
                default -> super.version(ordinal);
            };
        }

        @Override
        public byte[] id(int ordinal) {
            return switch (how) {
                case "id" -> new byte[0];
                case "long id" -> new byte[SegmentFormat.MAX_ID_BYTES + 1];
                default -> super.id(ordinal);
            };
        }

        @Override
        public void records(int from, int to, MemorySegment into) {
            super.records(from, to, into);
            if (how.equals("neighbour")) {
                into.set(SegmentFormat.INT, layout().neighboursAt() + 8L, 20);
            }
        }

        @Override
        public int[] stillborn() {
            return switch (how) {
                case "stillborn" -> new int[] {20};
                case "twice" -> new int[] {3, 3};
                default -> super.stillborn();
            };
        }
    }

    private Path write(SegmentSource source) throws IOException {
        Path file = folder.resolve("some.vsg");
        SegmentWriter.write(file, source);
        return file;
    }

    private static SegmentSource small(int rows) {
        return new RandomSource(3, rows, new RecordLayout(20, true), Metric.COSINE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
