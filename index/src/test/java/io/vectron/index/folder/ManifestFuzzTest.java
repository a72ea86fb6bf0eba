package io.vectron.index.folder;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.index.sealed.NewerFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Whatever a manifest holds, reading it answers with what a writer wrote or says what is wrong. */
class ManifestFuzzTest {

    private static final Path FILE = Path.of("MANIFEST");

    @FuzzTest(maxDuration = "10m")
    void anyBytes(byte[] bytes) throws IOException {
        read(bytes);
    }

    @FuzzTest(maxDuration = "10m")
    void anyLinesWithTheirChecksum(byte[] lines) throws IOException {
        read(ManifestTest.summed(new String(lines, StandardCharsets.US_ASCII)));
    }

    private static void read(byte[] bytes) throws IOException {
        try {
            Manifest manifest = Manifest.decode(FILE, bytes);
            if (!Arrays.equals(manifest.encode(), bytes)) {
                throw new AssertionError("accepted what no writer writes");
            }
        } catch (CorruptSegmentException | NewerFormatException refused) {
            if (!String.valueOf(refused.getMessage()).contains("MANIFEST")) {
                throw new AssertionError("does not name the file", refused);
            }
        }
    }
}
