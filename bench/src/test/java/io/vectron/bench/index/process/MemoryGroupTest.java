package io.vectron.bench.index.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.bench.index.process.MemoryGroup.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the group of a process is found; folders stand for the system's own. */
class MemoryGroupTest {
    @TempDir private Path mount;
    private Path self;

    @BeforeEach
    void makeSelf() {
        self = mount.resolve("self");
    }

    private Path group(String... parents) {
        Path folder = mount;
        for (String parent : parents) {
            folder = folder.resolve(parent);
        }
        return folder.resolve("vectron-bench-" + ProcessHandle.current().pid());
    }

    @Test
    void versionOneHasAHierarchyOfItsOwnForMemory() throws Exception {
        Files.createDirectories(mount.resolve("memory/job"));
        Files.write(self, List.of("3:cpu:/", "2:memory:/job", "0::/"));
        MemoryGroup made = MemoryGroup.create(mount, self, 1 << 28);
        Path group = group("memory", "job");
        assertThat(group.resolve("memory.limit_in_bytes")).hasContent("268435456");
        assertThat(made.prefix()).endsWith(group.resolve("cgroup.procs").toString());
        Files.writeString(group.resolve("memory.max_usage_in_bytes"), "268431360\n");
        assertThat(made.peakBytes()).isEqualTo(268_431_360);
    }

    @Test
    void versionTwoHandsTheControllerDownFromAGroupAbove() throws Exception {
        Files.createDirectories(mount.resolve("slice/job"));
        Files.writeString(mount.resolve("slice/cgroup.subtree_control"), "cpu memory\n");
        Files.writeString(mount.resolve("slice/job/cgroup.subtree_control"), "\n");
        Files.write(self, List.of("0::/slice/job"));
        MemoryGroup made = MemoryGroup.create(mount, self, 4096);
        Path group = group("slice");
        assertThat(group.resolve("memory.max")).hasContent("4096");
        Files.writeString(group.resolve("memory.peak"), "4096\n");
        assertThat(made.peakBytes()).isEqualTo(4096);
    }

    @Test
    void whyThereIsNoneIsTold() throws IOException {
        assertThatThrownBy(() -> MemoryGroup.create(mount, self, 1))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("no control groups");
        Files.write(self, List.of("0::/slice/job"));
        assertThatThrownBy(() -> MemoryGroup.create(mount, self, 1))
                .hasMessageContaining("no memory controller");
        Files.write(self, List.of("2:memory:/gone", "0::/"));
        assertThatThrownBy(() -> MemoryGroup.create(mount, self, 1))
                .hasMessageContaining("cannot be made");
    }
}
