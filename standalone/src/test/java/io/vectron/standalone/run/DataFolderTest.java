package io.vectron.standalone.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir Path temp;

    @Test
    void isHeldByOneAndFreeAfterwards() throws Exception {
        Path folder = temp.resolve("data");
        try (DataFolder first = DataFolder.open(folder)) {
            assertThat(first.root()).isEqualTo(folder);
            assertThatThrownBy(() -> DataFolder.open(folder))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("in use by another Vectron")
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
        }
        DataFolder.open(folder).close();
    }

    @Test
    void refusesAFolderOfSomebodyElse() throws Exception {
        Files.writeString(temp.resolve("thesis.txt"), "mine");
        assertThatThrownBy(() -> DataFolder.open(temp))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("not Vectron's");
        assertThat(temp).isDirectoryContaining(file -> file.endsWith("thesis.txt"));
        assertThat(Files.exists(temp.resolve("LOCK"))).isFalse();
    }

    @Test
    void refusesAnotherFormat() throws Exception {
        DataFolder.open(temp).close();
        Files.writeString(temp.resolve("FORMAT"), "vectron data folder, format 99\n");
        assertThatThrownBy(() -> DataFolder.open(temp))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("format 99");
    }

    @Test
    void refusesAFile() throws Exception {
        Path file = Files.createFile(temp.resolve("file"));
        assertThatThrownBy(() -> DataFolder.open(file))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("not a folder");
    }
}
