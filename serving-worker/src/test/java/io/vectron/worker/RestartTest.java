package io.vectron.worker;

import static io.vectron.worker.shard.Entries.GROUP;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.delete;
import static io.vectron.worker.shard.Entries.point;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.worker.v1.DigestRequest;
import io.vectron.proto.worker.v1.DigestResponse;
import io.vectron.proto.worker.v1.Hit;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.PositionRequest;
import io.vectron.proto.worker.v1.RemoveReplicaRequest;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.ShardHits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {
    @TempDir Path folder;

    private static DigestResponse digest(WorkerHarness worker) {
        return worker.stub()
                .digest(
                        DigestRequest.newBuilder()
                                .setGroup(GROUP.toString())
                                .setRecompute(true)
                                .build());
    }

    private static void fill(WorkerHarness worker) {
        worker.addReplica();
        worker.apply(
                batch(
                        0,
                        4,
                        upsert(0, "a", point("first", 1, 0)),
                        upsert(1, "b", 2, 0),
                        upsert(2, "c", 3, 0),
                        delete(3, "b")));
        worker.apply(batch(4, 5, upsert(4, "a", point("second", 4, 0))));
    }

    private static void assertAllThere(WorkerHarness worker, DigestResponse before) {
        assertThat(digest(worker)).isEqualTo(before);
        ShardHits hits =
                worker.stub()
                        .search(WorkerHarness.search(10, 4, 0).setWithPayload(true).build())
                        .getShards(0);
        assertThat(hits.getState().getPosition()).isEqualTo(5);
        assertThat(hits.getHitsList()).extracting(Hit::getId).containsExactly("a", "c");
        assertThat(hits.getHits(0).getPoint().getPayload().getFields(0).getValue().getStringValue())
                .isEqualTo("second");
        assertThat(worker.apply(batch(5, 6)).getApplied().getPosition()).isEqualTo(6);
    }

    @Test
    void aRestartBringsEverythingBack() throws IOException {
        int raftPort = WorkerHarness.freePort();
        DigestResponse before;
        try (WorkerHarness worker = new WorkerHarness(folder, raftPort, c -> c, null)) {
            fill(worker);
            before = digest(worker);
        }
        try (WorkerHarness worker = new WorkerHarness(folder, raftPort, c -> c, null)) {
            assertAllThere(worker, before);
        }
    }

    /** Most rows are in a file, and two of them died after it was written. */
    @Test
    void aRestartBringsSealedRowsAndTheirDeathsBack() throws IOException {
        int raftPort = WorkerHarness.freePort();
        List<String> expected;
        DigestResponse before;
        try (WorkerHarness worker = fewHotRows(raftPort)) {
            worker.addReplica();
            LogRecord[] records = new LogRecord[100];
            for (int i = 0; i < records.length; i++) {
                records[i] = upsert(i, "id" + i, i, 0);
            }
            worker.apply(batch(0, 100, records));
            awaitSealed(worker);
            worker.apply(
                    batch(
                            100,
                            103,
                            delete(100, "id7"),
                            upsert(101, "id8", 1_000, 0),
                            upsert(102, "new", 7, 0)));
            before = digest(worker);
            expected = ids(worker);
            assertThat(expected).hasSize(100).contains("new").doesNotContain("id7");
            assertThat(expected.getLast()).isEqualTo("id8");
        }
        try (WorkerHarness worker = fewHotRows(raftPort)) {
            assertThat(ids(worker)).isEqualTo(expected);
            assertThat(digest(worker)).isEqualTo(before);
            assertThat(status(worker).getSealedRows()).isPositive();
            assertThat(status(worker).getProblem()).isEmpty();
        }
    }

    private WorkerHarness fewHotRows(int raftPort) throws IOException {
        return new WorkerHarness(
                folder,
                raftPort,
                config -> config.withMemory(config.memory().withHot(64 << 20, 64)),
                null);
    }

    private static ReplicaStatus status(WorkerHarness worker) {
        return worker.stub().listReplicas(ListReplicasRequest.getDefaultInstance()).getReplicas(0);
    }

    private static void awaitSealed(WorkerHarness worker) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (status(worker).getSealedRows() == 0 || status(worker).getFrozenSegments() > 0) {
            assertThat(System.nanoTime()).as("%s", status(worker)).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /** Of all points, the nearest to the origin first. */
    private static List<String> ids(WorkerHarness worker) {
        return worker
                .stub()
                .search(WorkerHarness.search(200, 0, 0).setExact(true).build())
                .getShards(0)
                .getHitsList()
                .stream()
                .map(Hit::getId)
                .toList();
    }

    /**
     * The files of a running worker are what kill -9 would leave: nothing flushed, nothing
     * closed.
     */
    @Test
    void theFilesOfARunningWorkerAreEnough() throws IOException {
        int raftPort = WorkerHarness.freePort();
        DigestResponse before;
        Path copy = folder.resolve("copy");
        try (WorkerHarness worker =
                new WorkerHarness(folder.resolve("live"), raftPort, c -> c, null)) {
            fill(worker);
            before = digest(worker);
            copy(folder.resolve("live"), copy);
        }
        try (WorkerHarness worker = new WorkerHarness(copy, raftPort, c -> c, null)) {
            assertAllThere(worker, before);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(from)) {
            all = walk.toList();
        }
        for (Path path : all) {
            Path target = to.resolve(from.relativize(path).toString());
            if (Files.isDirectory(path)) {
                Files.createDirectories(target);
            } else {
                Files.copy(path, target);
            }
        }
    }

    @Test
    void aRemovedReplicaStaysAway() throws IOException {
        int raftPort = WorkerHarness.freePort();
        try (WorkerHarness worker = new WorkerHarness(folder, raftPort, c -> c, null)) {
            fill(worker);
            worker.stub()
                    .removeReplica(
                            RemoveReplicaRequest.newBuilder().setGroup(GROUP.toString()).build());
        }
        try (WorkerHarness worker = new WorkerHarness(folder, raftPort, c -> c, null)) {
            assertThat(
                            worker.stub()
                                    .listReplicas(ListReplicasRequest.getDefaultInstance())
                                    .getReplicasCount())
                    .isZero();
        }
    }

    /** Crashes between the steps of adding and removing, as the files show them. */
    @Test
    void whatACrashInterruptedIsFinishedAtTheNextStart() throws IOException {
        int raftPort = WorkerHarness.freePort();
        Path added = folder.resolve("replicas").resolve(GROUP + ".added");
        try (WorkerHarness worker = new WorkerHarness(folder, raftPort, c -> c, null)) {
            fill(worker);
        }
        Files.move(added, added.resolveSibling(GROUP + ".adding"));
        try (WorkerHarness worker = new WorkerHarness(folder, raftPort, c -> c, null)) {
            assertThat(position(worker)).as("added before the crash").isEqualTo(5);
        }
        assertThat(added).exists();
        Files.move(added, added.resolveSibling(GROUP + ".removing"));
        try (WorkerHarness worker = new WorkerHarness(folder, raftPort, c -> c, null)) {
            assertThat(
                            worker.stub()
                                    .listReplicas(ListReplicasRequest.getDefaultInstance())
                                    .getReplicasCount())
                    .isZero();
            worker.addReplica();
            assertThat(position(worker)).as("its data is gone").isZero();
        }
    }

    private static long position(WorkerHarness worker) {
        return worker.stub()
                .position(PositionRequest.newBuilder().setGroup(GROUP.toString()).build())
                .getApplied()
                .getPosition();
    }

    @Test
    void aReplicaAloneThatLostItsDataStartsAnew() throws IOException {
        int raftPort = WorkerHarness.freePort();
        Path description = folder.resolve("replicas").resolve(GROUP + ".added");
        byte[] bytes;
        try (WorkerHarness worker = new WorkerHarness(folder, raftPort, c -> c, null)) {
            fill(worker);
            bytes = Files.readAllBytes(description);
        }
        Path empty = folder.resolve("empty");
        Files.createDirectories(empty.resolve("replicas"));
        Files.write(empty.resolve("replicas").resolve(GROUP + ".added"), bytes);
        try (WorkerHarness worker = new WorkerHarness(empty, raftPort, c -> c, null)) {
            assertThat(position(worker)).isZero();
            assertThat(worker.apply(batch(0, 1)).hasApplied()).isTrue();
        }
    }

    @Test
    void aFolderBelongsToOneWorker() throws IOException {
        int raftPort = WorkerHarness.freePort();
        try (WorkerHarness worker = new WorkerHarness(folder, raftPort, c -> c, null)) {
            assertThat(worker.port()).isPositive();
            assertThatThrownBy(() -> new WorkerHarness(folder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use by another Vectron");
        }
        Files.writeString(folder.resolve("worker.id"), "somebody else");
        assertThatThrownBy(() -> new WorkerHarness(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("belongs to worker 'somebody else'");
    }
}
