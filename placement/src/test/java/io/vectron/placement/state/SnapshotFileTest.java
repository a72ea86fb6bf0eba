package io.vectron.placement.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.DeadLetters;
import io.vectron.placement.model.WorkerNode;
import io.vectron.replication.RaftPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotFileTest {
    private static final SnapshotFile.Content CONTENT =
            new SnapshotFile.Content(
                    new RaftPosition(3, 14),
                    Cluster.EMPTY
                            .withVersion(15)
                            .with(new WorkerNode("w-1", "localhost", 1, 2, "zone"))
                            .with(new WorkerNode("w-2", "", 0, 0, ""))
                            .with(new DeadLetters("a.dlq", 9)));

    @TempDir Path folder;

    @Test
    void readsWhatItWrote() throws IOException {
        SnapshotFile.write(folder, CONTENT);
        assertThat(SnapshotFile.read(folder)).isEqualTo(CONTENT);
        assertThat(folder).isDirectoryContaining("glob:**/" + SnapshotFile.NAME);
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void replacesTheFormerOne() throws IOException {
        SnapshotFile.write(folder, CONTENT);
        SnapshotFile.Content later =
                new SnapshotFile.Content(
                        new RaftPosition(4, 20), CONTENT.cluster().withVersion(16));
        SnapshotFile.write(folder, later);
        assertThat(SnapshotFile.read(folder)).isEqualTo(later);
    }

    @Test
    void isNothingWhenThereIsNone() throws IOException {
        assertThat(SnapshotFile.read(folder)).isNull();
    }

    @Test
    void refusesADamagedFileAtWhicheverByte() throws IOException {
        SnapshotFile.write(folder, CONTENT);
        Path file = folder.resolve(SnapshotFile.NAME);
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x10;
            Files.write(file, damaged);
            assertThatThrownBy(() -> SnapshotFile.read(folder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(SnapshotFile.NAME);
        }
        Files.write(file, new byte[5]);
        assertThatThrownBy(() -> SnapshotFile.read(folder)).isInstanceOf(IOException.class);
    }

    @Test
    void refusesAFormatItDoesNotKnow() {
        assertThatThrownBy(() ->
                        SnapshotFile.decode(
                                SnapshotFile.encode(CONTENT).toBuilder()
                                        .setFormat(SnapshotFile.FORMAT + 1)
                                        .build()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 2");
    }
}
