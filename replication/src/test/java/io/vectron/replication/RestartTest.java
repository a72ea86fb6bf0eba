package io.vectron.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RestartTest {
    private static final GroupId A = TestNode.group(1);
    private static final GroupId B = TestNode.group(2);

    @TempDir Path folder;

    @Test
    void stopInOrderLeavesNothingToReplay() throws Exception {
        try (TestNode node = TestNode.started("n1", path("a"))) {
            node.addAlone(A);
            fill(node, A, 0, 10);
        }
        try (TestNode node = TestNode.started("n1", path("a"))) {
            node.awaitLeader(A);
            assertThat(node.state(A).appliedHere).isEmpty();
            assertThat(node.state(A).entries()).isEqualTo(texts(10));
            assertThat(node.answer(A, "next")).isEqualTo("11:next");
        }
    }

    @Test
    void crashReplaysExactlyWhatWasNotDurable() throws Exception {
        RaftPosition durable;
        try (TestNode node = TestNode.started("n1", path("a"))) {
            node.addAlone(A);
            fill(node, A, 0, 10);
            long snapshot = node.node.snapshot(A);
            durable = node.node.status(A).snapshot();
            assertThat(durable.index()).isEqualTo(snapshot);
            fill(node, A, 10, 17);
            TestNode.crashImage(path("a"), path("b"));
        }
        try (TestNode node = TestNode.started("n1", path("b"))) {
            node.awaitLeader(A);
            assertThat(node.state(A).opened).containsExactly(durable);
            assertThat(node.state(A).appliedHere).hasSize(7);
            assertThat(node.state(A).appliedHere).allMatch(at -> at.isAfter(durable));
            assertThat(node.state(A).entries()).isEqualTo(texts(17));
        }
    }

    @Test
    void stateAheadOfTheSnapshotIsNotAppliedTwice() throws Exception {
        RaftPosition flushed;
        try (TestNode node = TestNode.started("n1", path("a"))) {
            node.addAlone(A);
            fill(node, A, 0, 5);
            node.node.snapshot(A);
            fill(node, A, 5, 10);
            flushed = node.node.status(A).applied();
            // RocksDB flushes by itself when it likes.
            node.state(A).checkpoint(flushed, folder.resolve("elsewhere"));
            fill(node, A, 10, 12);
            TestNode.crashImage(path("a"), path("b"));
        }
        try (TestNode node = TestNode.started("n1", path("b"))) {
            node.awaitLeader(A);
            assertThat(node.state(A).opened).containsExactly(flushed);
            assertThat(node.state(A).appliedHere).hasSize(2);
            assertThat(node.state(A).entries()).isEqualTo(texts(12));
            // Replay stood behind the state for a while; snapshots work all the same.
            assertThat(node.node.snapshot(A)).isGreaterThan(flushed.index());
        }
    }

    @Test
    void snapshotLetsTheLogGoAndRestartLosesNothing() throws Exception {
        try (TestNode node = TestNode.started("n1", path("a"))) {
            node.addAlone(A);
            String long1k = "x".repeat(1000);
            for (int i = 0; i < 60; i++) {
                node.apply(A, i + long1k);
            }
            assertThat(logFiles(node, A)).contains("log_0-").hasSizeGreaterThan(30);
            node.node.snapshot(A);
            TestNode.eventually("purged", () -> !logFiles(node, A).contains("log_0-"));
            fill(node, A, 60, 62);
            TestNode.crashImage(path("a"), path("b"));
        }
        try (TestNode node = TestNode.started("n1", path("b"))) {
            node.awaitLeader(A);
            assertThat(node.state(A).appliedHere).hasSize(2);
            assertThat(node.answer(A, "y")).isEqualTo("63:y");
        }
    }

    @Test
    void keepsTheLastTwoSnapshots() throws Exception {
        try (TestNode node = TestNode.started("n1", path("a"))) {
            node.addAlone(A);
            for (int i = 0; i < 4; i++) {
                node.apply(A, "e" + i);
                node.node.snapshot(A);
            }
            String latest = snapshotName(node.node.status(A).snapshot());
            Path finished = node.groupFolder(A).resolve("sm");
            TestNode.eventually("two are left", () -> Folders.list(finished).size() == 2);
            assertThat(finished.resolve(latest)).isDirectory();
        }
    }

    @Test
    void secondSnapshotOfTheSameStateIsTheFirst() throws Exception {
        try (TestNode node = TestNode.started("n1", path("a"))) {
            node.addAlone(A);
            node.apply(A, "e");
            // Ratis may still write an entry of its own, so the first two may differ.
            long[] last = {node.node.snapshot(A)};
            TestNode.eventually(
                    "the same snapshot",
                    () -> {
                        long before = last[0];
                        last[0] = node.node.snapshot(A);
                        return last[0] == before;
                    });
        }
    }

    @Test
    void rebuildsAMissingLiveFromTheSnapshot() throws Exception {
        RaftPosition snapshot = crashedAfterSnapshot();
        Folders.delete(group("b").resolve("live"));
        try (TestNode node = TestNode.started("n1", path("b"))) {
            node.awaitLeader(A);
            assertThat(node.state(A).opened).containsExactly(snapshot);
            assertThat(node.state(A).entries()).isEqualTo(texts(8));
        }
    }

    @Test
    void rebuildsALiveThatIsBehindTheSnapshot() throws Exception {
        RaftPosition snapshot = crashedAfterSnapshot();
        Folders.delete(group("b").resolve("live"));
        Files.createDirectories(group("b").resolve("live"));
        try (TestNode node = TestNode.started("n1", path("b"))) {
            node.awaitLeader(A);
            assertThat(node.state(A).opened).containsExactly(RaftPosition.NONE, snapshot);
            assertThat(node.state(A).entries()).isEqualTo(texts(8));
        }
    }

    @Test
    void tidiesUpWhatACrashLeft() throws Exception {
        RaftPosition snapshot = crashedAfterSnapshot();
        Path unfinished = Files.createDirectories(group("b").resolve("sm/tmp-1_99"));
        Files.writeString(unfinished.resolve("half.sst"), "half");
        Path received = Files.createDirectories(group("b").resolve("tmp/snapshot-x/1_99"));
        Path digest =
                group("b").resolve("sm").resolve(snapshotName(snapshot)).resolve("CURRENT.md5");
        Files.writeString(digest, "digest");
        try (TestNode node = TestNode.started("n1", path("b"))) {
            node.awaitLeader(A);
            assertThat(unfinished).doesNotExist();
            assertThat(received).doesNotExist();
            assertThat(digest).doesNotExist();
            assertThat(node.state(A).entries()).isEqualTo(texts(8));
        }
    }

    @Test
    void takesBackSnapshotsThatWereSetAside() throws Exception {
        crashedAfterSnapshot();
        Files.move(group("b").resolve("sm"), group("b").resolve("sm.tmp2026"));
        Folders.delete(group("b").resolve("live"));
        try (TestNode node = TestNode.started("n1", path("b"))) {
            node.awaitLeader(A);
            assertThat(node.state(A).entries()).isEqualTo(texts(8));
        }
    }

    @Test
    void takesSnapshotsByEntries() throws Exception {
        snapshotsBy(new SnapshotPolicy(20, 1 << 30, Duration.ofHours(1), 0));
    }

    @Test
    void takesSnapshotsByBytes() throws Exception {
        snapshotsBy(new SnapshotPolicy(1 << 30, 50, Duration.ofHours(1), 0));
    }

    @Test
    void takesSnapshotsByAge() throws Exception {
        snapshotsBy(new SnapshotPolicy(1 << 30, 1 << 30, Duration.ofMillis(1), 0));
    }

    private void snapshotsBy(SnapshotPolicy policy) throws Exception {
        try (TestNode node = TestNode.started("n1", path("a"), c -> c.withSnapshots(policy))) {
            node.addAlone(A);
            RaftPosition first = node.node.status(A).snapshot();
            fill(node, A, 0, 25);
            TestNode.eventually("a snapshot", () -> node.node.status(A).snapshot().isAfter(first));
        }
    }

    @Test
    void preparesASnapshotBesideTheLog() throws Exception {
        SnapshotPolicy policy = new SnapshotPolicy(20, 1 << 30, Duration.ofHours(1), 0);
        try (TestNode node = TestNode.started("n1", path("a"), c -> c.withSnapshots(policy))) {
            node.addAlone(A);
            RaftPosition first = node.node.status(A).snapshot();
            fill(node, A, 0, 25);
            TestNode.eventually("a snapshot", () -> node.node.status(A).snapshot().isAfter(first));
            assertThat(node.state(A).preparedBy).isNotEmpty().containsOnly("snapshot-preparer");
        }
    }

    @Test
    void takesASnapshotThatCouldNotBePrepared() throws Exception {
        SnapshotPolicy policy = new SnapshotPolicy(20, 1 << 30, Duration.ofHours(1), 0);
        try (TestNode node = TestNode.started("n1", path("a"), c -> c.withSnapshots(policy))) {
            node.addAlone(A);
            RaftPosition first = node.node.status(A).snapshot();
            node.faults(A).onPrepare = new IOException("planted");
            fill(node, A, 0, 25);
            TestNode.eventually("a snapshot", () -> node.node.status(A).snapshot().isAfter(first));
        }
    }

    @Test
    void restartsManyGroupsWithoutWaitingForElections() throws Exception {
        int groups = 8;
        try (TestNode node = TestNode.started("n1", path("a"))) {
            for (int i = 1; i <= groups; i++) {
                node.addAlone(TestNode.group(i));
                node.apply(TestNode.group(i), "e");
            }
        }
        try (TestNode node =
                TestNode.started("n1", path("a"), c -> c.withTiming(TestNode.PATIENT))) {
            for (int i = 1; i <= groups; i++) {
                node.awaitLeader(TestNode.group(i));
            }
            assertThat(node.node.groups()).hasSize(groups);
        }
    }

    @Test
    void addsAgainAGroupThatACrashLeftWithoutMembers() throws Exception {
        try (TestNode node = TestNode.started("n1", path("a"))) {
            node.node.addGroup(A, List.of()); // formatted, no entry, no member
            TestNode.crashImage(path("a"), path("b"));
        }
        try (TestNode node = TestNode.started("n1", path("b"))) {
            assertThat(node.node.groups()).containsExactly(A);
            node.node.addGroup(A, List.of());
            assertThat(node.node.status(A).members()).isEmpty();
            node.addAlone(A);
            assertThat(node.answer(A, "x")).isEqualTo("1:x");
        }
    }

    @Test
    void removedGroupStaysRemoved() throws Exception {
        try (TestNode node = TestNode.started("n1", path("a"))) {
            node.addAlone(A);
            node.addAlone(B);
            node.node.removeGroup(A);
            // As if the crash had come between rename and deletion.
            Files.createDirectories(path("a").resolve("removed").resolve(A.toString() + "/sm"));
        }
        try (TestNode node = TestNode.started("n1", path("a"))) {
            assertThat(node.node.groups()).containsExactly(B);
            assertThat(path("a").resolve("removed")).isEmptyDirectory();
        }
    }

    @Test
    void secondServerOnTheSameFolderIsRefused() throws Exception {
        try (TestNode node = TestNode.started("n1", path("a"))) {
            node.addAlone(A);
            assertThatThrownBy(() -> TestNode.started("n1", path("a")))
                    .isInstanceOf(IOException.class);
            assertThat(node.answer(A, "x")).isEqualTo("1:x");
        }
    }

    /** Leaves in folder b a crash after eight entries, of which a snapshot holds five. */
    private RaftPosition crashedAfterSnapshot() throws Exception {
        try (TestNode node = TestNode.started("n1", path("a"))) {
            node.addAlone(A);
            fill(node, A, 0, 5);
            node.node.snapshot(A);
            RaftPosition snapshot = node.node.status(A).snapshot();
            fill(node, A, 5, 8);
            TestNode.crashImage(path("a"), path("b"));
            return snapshot;
        }
    }

    private static void fill(TestNode node, GroupId id, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            assertThat(node.answer(id, "e" + i)).isEqualTo((i + 1) + ":e" + i);
        }
    }

    private static List<String> texts(int count) {
        return IntStream.range(0, count).mapToObj(i -> "e" + i).toList();
    }

    private static String logFiles(TestNode node, GroupId id) throws IOException {
        return Folders.list(node.groupFolder(id).resolve("current")).stream()
                .map(path -> path.getFileName().toString())
                .toList()
                .toString();
    }

    private static String snapshotName(RaftPosition at) {
        return at.term() + "_" + at.index();
    }

    private Path path(String name) {
        return folder.resolve(name);
    }

    private Path group(String name) {
        return path(name).resolve("raft").resolve(A.toString());
    }
}
