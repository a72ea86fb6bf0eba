package io.vectron.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a node does about the log of one group that it cannot read. */
final class DamagedLogTest {
    private static final GroupId A = TestNode.group(1);
    private static final GroupId B = TestNode.group(2);
    private static final String LONG = "x".repeat(1000);

    @TempDir Path folder;

    /** What happens to the files of a group's log. */
    enum Damage {
        ENTRY {
            @Override
            void plant(Path current) throws IOException {
                flip(logs(current).getFirst(), 5000);
            }
        },
        NEWEST_ENTRIES {
            @Override
            void plant(Path current) throws IOException {
                flip(logs(current).getLast(), 1000);
            }
        },
        HEADER {
            @Override
            void plant(Path current) throws IOException {
                flip(logs(current).getFirst(), 2);
            }
        },
        MISSING_FILE {
            @Override
            void plant(Path current) throws IOException {
                Files.delete(logs(current).get(1));
            }
        },
        VOTE {
            @Override
            void plant(Path current) throws IOException {
                Files.writeString(current.resolve("raft-meta"), "nonsense");
            }
        },
        NO_VOTE {
            @Override
            void plant(Path current) throws IOException {
                Files.delete(current.resolve("raft-meta"));
            }
        };

        abstract void plant(Path current) throws IOException;

        private static List<Path> logs(Path current) throws IOException {
            return Folders.list(current).stream()
                    .filter(path -> path.getFileName().toString().startsWith("log_"))
                    .toList();
        }

        private static void flip(Path file, int at) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            bytes[at] ^= 0x10;
            Files.write(file, bytes);
        }
    }

    /** What a crash leaves of two groups, of which the first one has several files of log. */
    private ReplicationConfig crashed() throws Exception {
        ReplicationConfig config = TestNode.config("n1", folder.resolve("node"));
        Path image = folder.resolve("image");
        try (TestNode node = TestNode.started(config)) {
            write(node);
            TestNode.crashImage(config.folder(), image);
        }
        return ReplicationConfig.of(config.self(), image)
                .withEntryLimitBytes(config.entryLimitBytes())
                .withSegmentBytes(config.segmentBytes())
                .withTiming(config.timing())
                .withSnapshots(config.snapshots());
    }

    /** The same after a stop in order, which leaves a snapshot. */
    private ReplicationConfig stopped() throws Exception {
        ReplicationConfig config = TestNode.config("n1", folder.resolve("node"));
        try (TestNode node = TestNode.started(config)) {
            write(node);
        }
        return config;
    }

    private static void write(TestNode node) throws Exception {
        node.addAlone(A);
        node.addAlone(B);
        node.apply(B, "other");
        for (int i = 0; i < 50; i++) {
            node.apply(A, i + LONG);
        }
    }

    private static Path current(ReplicationConfig config) {
        return config.folder().resolve("raft").resolve(A.toString()).resolve("current");
    }

    @ParameterizedTest
    @EnumSource
    void groupWhoseLogCannotBeReadFailsAlone(Damage damage) throws Exception {
        ReplicationConfig config = crashed();
        damage.plant(current(config));

        try (TestNode node = TestNode.started(config)) {
            assertFailed(node);
            node.awaitLeader(B);
            assertThat(node.answer(B, "goes on")).isEqualTo("2:goes on");
            assertThat(node.propose(A, "x")).isInstanceOf(ProposeResult.Unavailable.class);

            node.node.removeGroup(A);
            assertThat(node.groupFolder(A)).doesNotExist();
            node.addAlone(A);
            assertThat(node.answer(A, "anew")).isEqualTo("1:anew");
        }
        try (TestNode node = TestNode.started(config)) {
            node.awaitLeader(A);
            assertThat(node.state(A).entries()).containsExactly("anew");
        }
    }

    @Test
    void stateWithoutItsLogFails() throws Exception {
        ReplicationConfig config = stopped();
        Folders.delete(current(config));

        try (TestNode node = TestNode.started(config)) {
            assertFailed(node);
        }
    }

    @Test
    void stateWhoseLogEndsBeforeItFails() throws Exception {
        ReplicationConfig config = stopped();
        for (Path file : Folders.list(current(config))) {
            if (file.getFileName().toString().startsWith("log_")) {
                Files.delete(file);
            }
        }
        // What the state has beyond the snapshot; only the log could tell of it.
        Folders.delete(config.folder().resolve("raft").resolve(A.toString()).resolve("sm"));

        try (TestNode node = TestNode.started(config)) {
            assertFailed(node);
        }
    }

    @Test
    void failedByItsOwnerClosesAndGivesItsPlaceUp() throws Exception {
        IOException cause = new IOException("its rows are wrong");
        try (TestNode node = TestNode.started("n1", folder)) {
            node.addAlone(A);
            node.addAlone(B);
            node.apply(A, "one");
            node.node.fail(A, cause);
            node.node.fail(A, new IOException("later"));

            assertThat(node.node.status(A).failure())
                    .isEqualTo(new GroupFailure(GroupFailure.Stage.OWNER, cause));
            assertThat(node.node.status(A).leads()).isFalse();
            assertThat(node.propose(A, "x")).isInstanceOf(ProposeResult.Unavailable.class);
            TestNode.eventually(
                    "leadership is lost", () -> node.state(A).leadership.contains(false));
            assertThat(node.answer(B, "other")).isEqualTo("1:other");
            node.node.removeGroup(A);
            node.addAlone(A);
            assertThat(node.answer(A, "anew")).isEqualTo("1:anew");
        }
    }

    private static void assertFailed(TestNode node) {
        GroupStatus status = node.node.status(A);
        assertThat(status.lifecycle()).isEqualTo(GroupStatus.Lifecycle.FAILED);
        assertThat(status.failure())
                .isNotNull()
                .extracting(GroupFailure::stage)
                .isEqualTo(GroupFailure.Stage.LOG);
    }
}
