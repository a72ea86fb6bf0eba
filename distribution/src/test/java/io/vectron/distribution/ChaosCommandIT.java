package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher gives the program the namespaces that some faults need. */
class ChaosCommandIT {
    private static final Duration DEADLINE = Duration.ofMinutes(8);

    @TempDir Path folder;

    @Test
    void aCutWorkerAndAFrozenDiskViolateNothing() throws Exception {
        try (Launcher chaos = chaos("--minutes", "1", "--faults", "cut,disk")) {
            int exit = chaos.exit(DEADLINE);
            if (exit != 0 && chaos.err().contains("none of these faults can be done here")) {
                assertThat(chaos.err()).contains("left out: cut:", "left out: disk:");
                return; // no root, or a tool is missing: it said so
            }
            assertThat(exit).as(chaos.err()).isZero();
            JsonNode told = chaos.event("chaos", DEADLINE);
            assertThat(told.path("good").asBoolean()).as("%s", told).isTrue();
            assertThat(told.path("violations").asInt()).isZero();
            assertThat(told.path("answers").asLong()).isPositive();
            assertThat(told.path("again").asText()).contains("--seed 7 --shards 2");
            for (String fault : List.of("cut", "disk")) {
                int times = told.path("faults").path(fault).path("times").asInt();
                boolean leftOut = told.path("left_out").has(fault);
                assertThat(times > 0 || leftOut).as("%s in %s", fault, told).isTrue();
            }
            assertThat(chaos.err()).as("its folder is gone").doesNotContain("kept:");
        }
    }

    @Test
    void whatCannotBeIsRefusedBeforeAnythingStarts() throws Exception {
        try (Launcher chaos = chaos("--faults", "earthquake")) {
            assertThat(chaos.exit(DEADLINE)).isEqualTo(2);
            assertThat(chaos.err()).contains("earthquake", "kill-leader");
        }
        try (Launcher chaos = chaos("--workers", "9")) {
            assertThat(chaos.exit(DEADLINE)).isEqualTo(2);
            assertThat(chaos.err()).contains("--workers must be 3 to");
        }
    }

    @Test
    void aFolderThatOtherUsersDoNotGetToIsTold() throws Exception {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        try (Launcher chaos = chaos("--faults", "cut", "--data", closed.resolve("data") + "")) {
            assertThat(chaos.exit(DEADLINE)).isEqualTo(1);
            assertThat(chaos.err())
                    .contains("left out: cut:", "is closed to others", "none of these faults");
        }
    }

    private Launcher chaos(String... more) throws Exception {
        String[] some = {"chaos", "--json", "--seed", "7", "--shards", "2"};
        String[] all = new String[some.length + more.length];
        System.arraycopy(some, 0, all, 0, some.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return Launcher.start(folder, Map.of(), all);
    }
}
