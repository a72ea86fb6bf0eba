package io.vectron.worker;

import static io.vectron.worker.shard.Entries.GROUP;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.Member;
import io.vectron.proto.worker.v1.PositionRequest;
import io.vectron.proto.worker.v1.RemoveReplicaRequest;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.SearchRequest;
import io.vectron.proto.worker.v1.ShardHits;
import io.vectron.proto.worker.v1.ShardRead;
import io.vectron.worker.config.WorkerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A replica whose files are damaged is found out, says why, and is alone in that: the worker and
 * its other replica go on, and removed and added again it is as new.
 */
class DamageTest {
    private static final UUID OTHER = new UUID(7, 7);
    private static final int ROWS = 600;
    private static final int HOT_ROWS = 256;

    @TempDir Path folder;

    /** What happens to the files of a replica while the worker is down. */
    enum Damage {
        ROWS_CHANGED(FailureReason.FAILURE_REASON_CORRUPT_STORE) {
            @Override
            void plant(Path group) throws IOException {
                // The largest holds the points.
                flip(largest(group.resolve("live"), ".sst"));
            }
        },
        ROWS_MISSING(FailureReason.FAILURE_REASON_CORRUPT_STORE) {
            @Override
            void plant(Path group) throws IOException {
                Files.delete(largest(group.resolve("live"), ".sst"));
            }
        },
        STORE_WITHOUT_MANIFEST(FailureReason.FAILURE_REASON_CORRUPT_STORE) {
            @Override
            void plant(Path group) throws IOException {
                Files.delete(largest(group.resolve("live"), ""));
                Files.delete(first(group.resolve("live"), "MANIFEST"));
            }
        },
        ROW_CHANGED_BEHIND_THE_CHECKSUMS(FailureReason.FAILURE_REASON_UNSPECIFIED) {
            @Override
            void plant(Path group) throws IOException {
                io.vectron.worker.storage.Damage.changeRow(group.resolve("live"), "id3");
            }
        },
        ROW_DELETED(FailureReason.FAILURE_REASON_UNSPECIFIED) {
            @Override
            void plant(Path group) throws IOException {
                io.vectron.worker.storage.Damage.deleteRow(group.resolve("live"), "id3");
            }
        },
        SEGMENT_CHANGED(FailureReason.FAILURE_REASON_CORRUPT_SEGMENT) {
            @Override
            void plant(Path group) throws IOException {
                flip(largest(group.resolve("live").resolve("index"), ".vsg"));
            }
        },
        SEGMENT_MISSING(FailureReason.FAILURE_REASON_CORRUPT_SEGMENT) {
            @Override
            void plant(Path group) throws IOException {
                Files.delete(largest(group.resolve("live").resolve("index"), ".vsg"));
            }
        },
        RAFT_LOG(FailureReason.FAILURE_REASON_CORRUPT_RAFT_LOG) {
            @Override
            void plant(Path group) throws IOException {
                Files.writeString(group.resolve("current").resolve("raft-meta"), "nonsense");
            }
        },
        NO_RAFT_LOG(FailureReason.FAILURE_REASON_CORRUPT_RAFT_LOG) {
            @Override
            void plant(Path group) throws IOException {
                delete(group.resolve("current"));
            }
        },
        SNAPSHOT_CHANGED(FailureReason.FAILURE_REASON_CORRUPT_SNAPSHOT) {
            @Override
            void plant(Path group) throws IOException {
                delete(group.resolve("live"));
                Path snapshot = last(group.resolve("sm"));
                Files.delete(first(snapshot, "MANIFEST"));
            }
        };

        private final FailureReason reason;

        Damage(FailureReason reason) {
            this.reason = reason;
        }

        abstract void plant(Path group) throws IOException;
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 3] ^= 0x20;
        // A file that others are linked to stays as it is for them.
        Files.delete(file);
        Files.write(file, bytes);
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static Path largest(Path folder, String suffix) throws IOException {
        Path largest = null;
        for (Path file : list(folder)) {
            if (Files.isRegularFile(file)
                    && file.toString().endsWith(suffix)
                    && (largest == null || Files.size(file) > Files.size(largest))) {
                largest = file;
            }
        }
        if (largest == null) {
            throw new AssertionError("no " + suffix + " in " + list(folder));
        }
        return largest;
    }

    private static Path first(Path folder, String prefix) throws IOException {
        return list(folder).stream()
                .filter(file -> file.getFileName().toString().startsWith(prefix))
                .findFirst()
                .orElseThrow();
    }

    private static Path last(Path folder) throws IOException {
        return list(folder).getLast();
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.toList();
        }
        for (Path path : all.reversed()) {
            Files.delete(path);
        }
    }

    private WorkerHarness worker(int raftPort) throws IOException {
        return worker(raftPort, config -> config);
    }

    private WorkerHarness worker(int raftPort, UnaryOperator<WorkerConfig> change)
            throws IOException {
        return new WorkerHarness(
                folder,
                raftPort,
                config ->
                        change.apply(
                                config.withMemory(config.memory().withHot(64 << 20, HOT_ROWS))),
                null);
    }

    /** Two replicas; most rows of the first are in files. */
    private static void fill(WorkerHarness worker) {
        worker.addReplica();
        worker.stub().addReplica(worker.replica(OTHER, Metric.METRIC_EUCLIDEAN, 2));
        worker.apply(of(OTHER, batch(0, 1, upsert(0, "other", 1, 1))));
        rows(worker);
        await(
                "rows in files",
                () -> status(worker, GROUP).getSealedRows() >= HOT_ROWS,
                () -> status(worker, GROUP));
    }

    private static void rows(WorkerHarness worker) {
        for (int from = 0; from < ROWS; from += 100) {
            List<LogRecord> records = new ArrayList<>();
            for (int i = from; i < from + 100; i++) {
                records.add(upsert(i, "id" + i, i, 1));
            }
            ApplyBatch next = batch(from, from + 100, records.toArray(LogRecord[]::new));
            int to = from + 100;
            await(
                    "applied up to " + to,
                    () -> worker.apply(next).getApplied().getPosition() == to,
                    () -> worker.apply(next));
        }
    }

    private static ApplyBatch of(UUID group, ApplyBatch batch) {
        return batch.toBuilder().setGroup(group.toString()).build();
    }

    private static ReplicaStatus status(WorkerHarness worker, UUID group) {
        return worker
                .stub()
                .listReplicas(ListReplicasRequest.getDefaultInstance())
                .getReplicasList()
                .stream()
                .filter(replica -> replica.getGroup().equals(group.toString()))
                .findFirst()
                .orElseThrow();
    }

    private static ReplicaCondition condition(WorkerHarness worker) {
        return status(worker, GROUP).getCondition();
    }

    private static ShardHits search(WorkerHarness worker, UUID group) {
        return worker.stub()
                .search(
                        SearchRequest.newBuilder()
                                .addShards(ShardRead.newBuilder().setGroup(group.toString()))
                                .setTopK(10)
                                .addVector(1)
                                .addVector(1)
                                .build())
                .getShards(0);
    }

    private static void await(String what, BooleanSupplier reached, Supplier<?> seen) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s: %s", what, seen.get()).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** Why a replica stopped, for later starts. */
    private Path note(UUID group) {
        return folder.resolve("replicas").resolve(group + ".stopped");
    }

    private Path groupFolder() {
        return folder.resolve("raft").resolve("raft").resolve(GROUP.toString());
    }

    @ParameterizedTest
    @EnumSource
    void oneThatIsDamagedStopsAloneAndComesBackAnew(Damage damage) throws IOException {
        int raftPort = WorkerHarness.freePort();
        try (WorkerHarness worker = worker(raftPort)) {
            fill(worker);
        }
        damage.plant(groupFolder());
        ReplicaCondition found;
        try (WorkerHarness worker = worker(raftPort)) {
            assertStopped(worker, damage.reason);
            found = condition(worker);
            await("it is noted", () -> Files.exists(note(GROUP)), () -> condition(worker));
            assertThat(search(worker, OTHER).getHits(0).getId()).isEqualTo("other");
            assertThat(worker.apply(of(OTHER, batch(1, 2))).getApplied().getPosition())
                    .isEqualTo(2);
        }
        try (WorkerHarness worker = worker(raftPort)) {
            assertThat(condition(worker)).as("it stays stopped").isEqualTo(found);
            worker.stub()
                    .removeReplica(
                            RemoveReplicaRequest.newBuilder().setGroup(GROUP.toString()).build());
            assertThat(groupFolder()).doesNotExist();
            assertThat(list(folder.resolve("replicas")))
                    .containsExactly(folder.resolve("replicas").resolve(OTHER + ".added"));
            worker.addReplica();
            assertThat(position(worker)).isZero();
            rows(worker);
            assertThat(search(worker, GROUP).getState().getPosition()).isEqualTo(ROWS);
        }
        try (WorkerHarness worker = worker(raftPort)) {
            assertThat(condition(worker).hasRunning()).isTrue();
        }
    }

    private static void assertStopped(WorkerHarness worker, FailureReason reason) {
        await("found out", () -> !condition(worker).hasRunning(), () -> condition(worker));
        ReplicaCondition condition = condition(worker);
        assertThat(condition.getFailed().getReason()).as("%s", condition).isEqualTo(reason);
        assertThat(condition.getFailed().getRestartMayHelp()).isFalse();
        if (reason == FailureReason.FAILURE_REASON_UNSPECIFIED) {
            assertThat(condition.getQuarantined().hasRowsChanged()).as("%s", condition).isTrue();
        }
        assertThat(condition.getSinceMs()).isPositive();
        assertThat(search(worker, GROUP).getUnavailable().getCondition()).isEqualTo(condition);
        assertThat(worker.apply(batch(ROWS, ROWS + 1)).getUnavailable().getCondition())
                .isEqualTo(condition);
    }

    private static long position(WorkerHarness worker) {
        return worker.stub()
                .position(PositionRequest.newBuilder().setGroup(GROUP.toString()).build())
                .getApplied()
                .getPosition();
    }

    /** By the search that touches it first; by the next scrub if it was warmed up before. */
    @Test
    void aSegmentDamagedWhileItServesIsFound() throws IOException {
        WorkerConfig.Checks often =
                new WorkerConfig.Checks(Duration.ofDays(1), Duration.ofSeconds(1), 1 << 30);
        try (WorkerHarness worker =
                worker(
                        WorkerHarness.freePort(),
                        config -> config.withReplication(config.replication().withChecks(often)))) {
            fill(worker);
            // In place: what is mapped changes with it.
            Path segment = largest(groupFolder().resolve("live").resolve("index"), ".vsg");
            byte[] bytes = Files.readAllBytes(segment);
            Files.write(segment, new byte[bytes.length]);
            await(
                    "found out",
                    () -> search(worker, GROUP).hasUnavailable() || condition(worker).hasFailed(),
                    () -> condition(worker));
            assertStopped(worker, FailureReason.FAILURE_REASON_CORRUPT_SEGMENT);
            assertThat(search(worker, OTHER).getHits(0).getId()).isEqualTo("other");
        }
    }

    /** Digest and numbers of rows say nothing of it. */
    @Test
    void aRowThatTheIndexHasUnderAnotherIdIsFound() throws IOException {
        int raftPort = WorkerHarness.freePort();
        try (WorkerHarness worker = worker(raftPort)) {
            fill(worker);
        }
        io.vectron.worker.storage.Damage.rename(groupFolder().resolve("live"), "id3", "other3");
        try (WorkerHarness worker = worker(raftPort)) {
            await("found out", () -> condition(worker).hasQuarantined(), () -> condition(worker));
            ReplicaCondition condition = condition(worker);
            assertThat(condition.getQuarantined().getIndexDiffers().getExtra()).isOne();
            assertThat(condition.getDetail()).contains("'id3' of version 3");
        }
    }

    @Test
    void oneOfThreeThatLostItsDataDoesNotVoteWithAnEmptyMemory() throws IOException {
        int raftPort = WorkerHarness.freePort();
        UnaryOperator<AddReplicaRequest> three =
                request ->
                        request.toBuilder()
                                .addMembers(member("w2"))
                                .addMembers(member("w3"))
                                .build();
        try (WorkerHarness worker = worker(raftPort)) {
            worker.stub()
                    .addReplica(three.apply(worker.replica(GROUP, Metric.METRIC_EUCLIDEAN, 2)));
        }
        delete(groupFolder());
        try (WorkerHarness worker = worker(raftPort)) {
            assertThat(condition(worker).getFailed().getReason())
                    .isEqualTo(FailureReason.FAILURE_REASON_DATA_LOST);
            assertThat(search(worker, GROUP).hasUnavailable()).isTrue();
        }
    }

    private static Member member(String worker) {
        return Member.newBuilder().setWorker(worker).setHost("127.0.0.1").setRaftPort(1).build();
    }

    @Test
    void dataThatNothingDescribesIsReportedAndCanBeRemoved() throws IOException {
        int raftPort = WorkerHarness.freePort();
        try (WorkerHarness worker = worker(raftPort)) {
            worker.addReplica();
        }
        Path description = folder.resolve("replicas").resolve(GROUP + ".added");
        byte[] bytes = Files.readAllBytes(description);
        bytes[bytes.length / 2] ^= 1;
        Files.write(description, bytes);
        try (WorkerHarness worker = worker(raftPort)) {
            assertThat(condition(worker).getFailed().getReason())
                    .isEqualTo(FailureReason.FAILURE_REASON_UNDESCRIBED);
            worker.stub()
                    .removeReplica(
                            RemoveReplicaRequest.newBuilder().setGroup(GROUP.toString()).build());
            assertThat(groupFolder()).doesNotExist();
            worker.addReplica();
            assertThat(worker.apply(batch(0, 1)).hasApplied()).isTrue();
        }
    }
}
