package io.vectron.index.sealed;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a file holds, opening and reading it answers or fails in the two ways it may fail. As a
 * test it runs over the inputs kept in {@code src/test/resources}; CONTRIBUTING.md says how it runs
 * for long.
 */
class SegmentReaderFuzzTest {

    @TempDir Path folder;

    @FuzzTest(maxDuration = "10m")
    void anyBytes(byte[] bytes) throws Exception {
        read(bytes);
    }

    /**
     * Bytes that no checksum turns away: a sound file with some changed, and all checksums made to
     * fit again. Each change is three bytes: place (two) and what to add.
     */
    @FuzzTest(maxDuration = "10m")
    void rightChecksums(byte[] changes) throws Exception {
        readChanged(sound(), changes);
    }

    /** The same with a file of the format before. */
    @FuzzTest(maxDuration = "10m")
    void rightChecksumsOfTheFormatBefore(byte[] changes) throws Exception {
        readChanged(Golden.format2(), changes);
    }

    private void readChanged(byte[] bytes, byte[] changes) throws InterruptedException {
        for (int i = 0; i + 2 < changes.length; i += 3) {
            int place = ((changes[i] & 0xff) << 8) | (changes[i + 1] & 0xff);
            bytes[place % bytes.length] += changes[i + 2];
        }
        repair(bytes);
        read(bytes);
    }

    private byte[] sound() throws IOException {
        Path file = folder.resolve("sound.vsg");
        Files.deleteIfExists(file);
        SegmentWriter.write(file, Golden.source());
        return Files.readAllBytes(file);
    }

    private static void repair(byte[] bytes) {
        MemorySegment file = MemorySegment.ofArray(bytes);
        for (int i = 0; i < Section.values().length; i++) {
            long entry = 64 + 32L * i;
            long offset = file.get(SegmentFormat.LONG, entry + 8);
            long length = file.get(SegmentFormat.LONG, entry + 16);
            boolean within = offset >= 0 && length >= 0 && offset <= bytes.length - length;
            if (within && file.get(SegmentFormat.INT, entry + 4) == 0) {
                int sum = Checksum.of(file.asSlice(offset, length));
                file.set(SegmentFormat.INT, entry + 24, sum);
            }
        }
        int sum = Checksum.of(file.asSlice(0, SegmentFormat.HEADER_BYTES - 4));
        file.set(SegmentFormat.INT, SegmentFormat.HEADER_BYTES - 4L, sum);
    }

    private void read(byte[] bytes) throws InterruptedException {
        Path file = folder.resolve("fuzzed.vsg");
        try {
            Files.write(file, bytes);
            try (SealedSegment segment = SealedSegment.open(file)) {
                for (int i = 0; i < segment.rows(); i++) {
                    requireSame(segment.ordinalOf(segment.version(i)), i);
                    int found = segment.find(segment.idBytes(i));
                    requireSame(Arrays.compare(segment.idBytes(found), segment.idBytes(i)), 0);
                    segment.deaths().visible(i, 1);
                    segment.id(i);
                }
                segment.recordGuard().touch(0, segment.records().byteSize());
                segment.floatGuard().touch(0, segment.floats().byteSize());
                segment.scrub(Pace.unbounded());
            }
        } catch (CorruptSegmentException | IOException refused) {
            requireNamed(refused, file);
        }
    }

    private static void requireSame(int found, int wanted) {
        if (found != wanted) {
            throw new AssertionError(found + " instead of " + wanted);
        }
    }

    private static void requireNamed(Exception refused, Path file) {
        if (!String.valueOf(refused.getMessage()).contains(file.toString())) {
            throw new AssertionError("does not name the file", refused);
        }
    }
}
