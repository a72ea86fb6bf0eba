package io.vectron.common.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
    @TempDir Path temp;

    @Test
    void aFolderHasOneOwnerAndTheOtherIsToldWho() throws IOException {
        Path folder = temp.resolve("new").resolve("folder");
        try (FolderLock held = FolderLock.take(folder)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> FolderLock.take(folder))
                    .isInstanceOf(FolderLock.HeldException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
        FolderLock.take(folder).close();
    }

    @Test
    void theFileOfTheLockIsKnown() throws IOException {
        FolderLock.take(temp).close();
        try (var files = Files.list(temp)) {
            assertThat(files).allMatch(FolderLock::isLockFile);
        }
        assertThat(FolderLock.isLockFile(temp.resolve("data"))).isFalse();
    }
}
