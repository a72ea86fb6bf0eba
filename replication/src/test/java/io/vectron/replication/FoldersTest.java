package io.vectron.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
    @TempDir Path folder;

    @Test
    void whatNeverChangesIsLinkedAndAllElseIsCopied() throws IOException {
        Path from = folder.resolve("from");
        Path to = Files.createDirectories(folder.resolve("to"));
        Files.createDirectories(from.resolve("index"));
        Files.writeString(from.resolve("rows.sst"), "rows");
        Files.writeString(from.resolve("CURRENT"), "current");
        Files.writeString(from.resolve("index").resolve("segment.vsg"), "segment");
        Files.writeString(from.resolve("index").resolve("manifest"), "manifest");

        Folders.linkOrCopy(from, to);

        assertThat(isOne(from, to, "rows.sst")).isTrue();
        assertThat(isOne(from, to, "index/segment.vsg")).isTrue();
        assertThat(isOne(from, to, "CURRENT")).isFalse();
        assertThat(isOne(from, to, "index/manifest")).isFalse();
        assertThat(to.resolve("index").resolve("manifest")).hasContent("manifest");
    }

    private static boolean isOne(Path from, Path to, String file) throws IOException {
        Path other = to.resolve(file);
        assertThat(other).hasSameBinaryContentAs(from.resolve(file));
        return Files.isSameFile(from.resolve(file), other);
    }
}
