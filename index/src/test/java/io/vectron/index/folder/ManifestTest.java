package io.vectron.index.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.index.sealed.NewerFormatException;
import io.vectron.index.sealed.SegmentSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ManifestTest {

    private static final Path FILE = Path.of("MANIFEST");
    private static final Manifest TWO =
            new Manifest(17, 9, List.of(entry(4, 0, 1000), entry(2, 1000, 1_000_000_000_000L)));

    @Test
    void readsWhatWasWritten() throws IOException {
        assertThat(Manifest.decode(FILE, TWO.encode())).isEqualTo(TWO);
        assertThat(Manifest.decode(FILE, Manifest.EMPTY.encode())).isEqualTo(Manifest.EMPTY);
    }

    @Test
    void isTextThatPeopleRead() {
        assertThat(new String(TWO.encode(), StandardCharsets.US_ASCII))
                .startsWith("vectron-segments 1\nsequence 17\nnext 9\nsegment 4 from 0 to 1000 ")
                .contains(" rows 5 bytes 9000 checksum 9a3f00ff first 3 last 999\nsegment 2 ");
    }

    @Test
    void theLargestFits() throws IOException {
        List<ManifestEntry> entries = new ArrayList<>();
        long from = Long.MAX_VALUE - 10L * Manifest.MAX_SEGMENTS;
        for (int i = 0; i < Manifest.MAX_SEGMENTS; i++) {
            entries.add(
                    new ManifestEntry(
                            Long.MAX_VALUE - 1 - i,
                            from,
                            from + 10,
                            new SegmentSummary(9, Long.MAX_VALUE, -1, from, from + 9)));
            from += 10;
        }
        Manifest manifest = new Manifest(Long.MAX_VALUE, Long.MAX_VALUE, entries);
        byte[] bytes = manifest.encode();
        assertThat(bytes.length).isLessThan(Manifest.MAX_BYTES);
        assertThat(Manifest.decode(FILE, bytes)).isEqualTo(manifest);
        entries.add(entry(1, 0, 1000));
        assertThatThrownBy(() -> new Manifest(0, Long.MAX_VALUE, entries))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 10000");
    }

    @Test
    void everyFlippedBitIsFound() {
        byte[] bytes = TWO.encode();
        for (int i = 0; i < bytes.length * 8; i++) {
            byte[] wrong = bytes.clone();
            wrong[i / 8] ^= (byte) (1 << (i % 8));
            assertThatThrownBy(() -> Manifest.decode(FILE, wrong))
                    .as("bit %d", i)
                    .isInstanceOf(CorruptSegmentException.class)
                    .hasMessageContaining("MANIFEST is corrupt");
        }
    }

    @Test
    void everyTruncationIsFound() {
        byte[] bytes = TWO.encode();
        for (int i = 0; i < bytes.length; i++) {
            byte[] wrong = Arrays.copyOf(bytes, i);
            assertThatThrownBy(() -> Manifest.decode(FILE, wrong))
                    .as("%d bytes", i)
                    .isInstanceOf(CorruptSegmentException.class);
        }
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThatThrownBy(() -> Manifest.decode(FILE, longer))
                .isInstanceOf(CorruptSegmentException.class);
    }

    @Test
    void refusesWhatALaterVersionWrote() {
        assertThatThrownBy(() ->
                        Manifest.decode(FILE, summed("vectron-segments 2\nanything at all\n")))
                .isInstanceOf(NewerFormatException.class)
                .hasMessageContaining("has format version 2; this Vectron reads up to 1");
    }

    @Test
    void refusesNonsenseWithARightChecksum() {
        for (String text :
                List.of(
                        "vectron-segments 0\nsequence 1\nnext 1\n",
                        "vectron-segments 1\n",
                        "vectron-segments 1\nsequence 1\n",
                        "vectron-segments 1\nsequence +1\nnext 1\n",
                        "vectron-segments 1\nsequence 1\nnext 01\n",
                        "vectron-segments 1\nsequence -1\nnext 1\n",
                        "vectron-segments 1\nsequence 1\nnext 1\nsegment 0\n",
                        "vectron-segments one\nsequence 1\nnext 1\n",
                        "vectron-segments 1\nsequence 1\nnext 99999999999999999999\n")) {
            assertThatThrownBy(() -> Manifest.decode(FILE, summed(text)))
                    .as(text)
                    .isInstanceOf(CorruptSegmentException.class);
        }
    }

    static byte[] summed(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        String sum = HexFormat.of().toHexDigits((int) crc.getValue());
        return (text + "checksum " + sum + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void refusesWhatNoFolderCanHold() {
        refuses(() -> new Manifest(0, 9, List.of(entry(1, 0, 1000), entry(1, 2000, 3000))));
        refuses(() -> new Manifest(0, 9, List.of(entry(1, 0, 1000), entry(2, 999, 3000))));
        refuses(() -> new Manifest(0, 9, List.of(entry(1, 1000, 2000), entry(2, 0, 1000))));
        refuses(() -> new Manifest(0, 1, List.of(entry(1, 0, 1000))));
        refuses(() -> new ManifestEntry(-1, 0, 1000, entry(1, 0, 1000).summary()));
        refuses(() -> new ManifestEntry(1, 4, 1000, entry(1, 0, 1000).summary()));
        refuses(() -> new ManifestEntry(1, 0, 999, entry(1, 0, 1000).summary()));
        refuses(() -> new SegmentSummary(5, 9000, 0, 10, 13));
        refuses(() -> new SegmentSummary(0, 9000, 0, 10, 13));
        refuses(() -> new SegmentSummary(1, 4096, 0, 10, 13));
    }

    private static void refuses(Runnable making) {
        assertThatThrownBy(making::run).isInstanceOf(IllegalArgumentException.class);
    }

    private static ManifestEntry entry(long id, long from, long to) {
        return new ManifestEntry(
                id,
                from,
                to,
                new SegmentSummary(5, 9000, 0x9a3f00ff, from + (from == 0 ? 3 : 0), to - 1));
    }
}
