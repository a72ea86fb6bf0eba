package io.vectron.worker;

import static io.vectron.worker.shard.Entries.GROUP;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.DigestRequest;
import io.vectron.proto.worker.v1.DigestResponse;
import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.ListReplicasResponse;
import io.vectron.proto.worker.v1.Overloaded;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.SearchRequest;
import io.vectron.proto.worker.v1.ShardRead;
import io.vectron.proto.worker.v1.WorkerCapacity;
import io.vectron.replication.SnapshotPolicy;
import io.vectron.worker.storage.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A worker on a real file system that becomes full, and has room again. */
class FullDiskTest {
    private static final int DIMENSION = 256;
    private static final int BATCH = 100;
    private static final int ROWS_BEFORE = 700;
    private static final int HOT_ROWS = 1_024;
    private static final int DISK_MEGABYTES = 96;

    @TempDir Path folder;
    private SmallDisk disk;
    private long applied;

    @BeforeEach
    void mount() throws IOException {
        NativeLibrary.load(folder.resolve("native")); // not on the small one
        disk = SmallDisk.mount(folder.resolve("disk"), DISK_MEGABYTES);
    }

    @AfterEach
    void unmount() throws IOException {
        if (disk != null) {
            disk.close();
        }
    }

    private WorkerHarness worker(int raftPort, double fullShare) throws IOException {
        return worker(raftPort, fullShare, SnapshotPolicy.defaults());
    }

    private WorkerHarness worker(int raftPort, double fullShare, SnapshotPolicy snapshots)
            throws IOException {
        return new WorkerHarness(
                disk.folder().resolve("w1"),
                raftPort,
                config ->
                        config.withMemory(config.memory().withHot(64 << 20, HOT_ROWS))
                                .withLimits(config.limits().withDiskFullShare(fullShare))
                                .withReplication(config.replication().withSnapshots(snapshots)),
                null);
    }

    private static ListReplicasResponse list(WorkerHarness worker) {
        return worker.stub().listReplicas(ListReplicasRequest.getDefaultInstance());
    }

    private static ReplicaStatus status(WorkerHarness worker) {
        return list(worker).getReplicas(0);
    }

    private static ReplicaCondition condition(WorkerHarness worker) {
        return status(worker).getCondition();
    }

    private static float[] vector(long seed) {
        Random random = new Random(seed);
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static void addReplica(WorkerHarness worker) {
        worker.stub().addReplica(worker.replica(GROUP, Metric.METRIC_EUCLIDEAN, DIMENSION));
    }

    private ApplyBatchResponse apply(WorkerHarness worker) {
        return apply(worker, BATCH);
    }

    private ApplyBatchResponse apply(WorkerHarness worker, int rows) {
        List<LogRecord> records = new ArrayList<>();
        for (long offset = applied; offset < applied + rows; offset++) {
            records.add(upsert(offset, "id" + offset, vector(offset)));
        }
        ApplyBatchResponse answer =
                worker.apply(batch(applied, applied + rows, records.toArray(LogRecord[]::new)));
        if (answer.hasApplied()) {
            assertThat(answer.getApplied().getPosition()).isEqualTo(applied + rows);
            applied += rows;
        }
        return answer;
    }

    private void applyUntil(WorkerHarness worker, String what, BooleanSupplier reached) {
        await(
                what,
                () -> {
                    apply(worker);
                    return reached.getAsBoolean();
                },
                () -> applied + " of " + status(worker));
    }

    private static void await(String what, BooleanSupplier reached, Supplier<?> seen) {
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s: %s", what, seen.get()).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static int found(WorkerHarness worker) {
        SearchRequest.Builder search =
                SearchRequest.newBuilder()
                        .addShards(ShardRead.newBuilder().setGroup(GROUP.toString()))
                        .setExact(true)
                        .setTopK(10_000);
        for (float value : vector(-1)) {
            search.addVector(value);
        }
        return worker.stub().search(search.build()).getShards(0).getHitsCount();
    }

    private static DigestResponse digest(WorkerHarness worker) {
        return worker.stub()
                .digest(
                        DigestRequest.newBuilder()
                                .setGroup(GROUP.toString())
                                .setRecompute(true)
                                .build());
    }

    /** All that was acknowledged is there, in store and index, and nothing else. */
    private void assertWhole(WorkerHarness worker) {
        assertThat(found(worker)).isEqualTo((int) applied);
        assertThat(status(worker).getPosition()).isEqualTo(applied);
        assertThat(digest(worker).getDigest()).isEqualTo(status(worker).getDigest());
    }

    /** What was begun and found no room is gone. */
    private void assertNothingLeftOver() throws IOException {
        try (Stream<Path> files = Files.walk(groupFolder())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.endsWith(".tmp") || name.startsWith("tmp-"));
        }
    }

    private Path groupFolder() {
        return disk.folder().resolve("w1/raft/raft").resolve(GROUP.toString());
    }

    @Test
    void itSaysHowFullItIsAndTakesNoBatchesFrom95PercentUntilThereIsRoom() throws IOException {
        try (WorkerHarness worker = worker(WorkerHarness.freePort(), 0.95)) {
            addReplica(worker);
            apply(worker);
            disk.fillTo(0.88);
            WorkerCapacity capacity = list(worker).getCapacity();
            assertThat((double) capacity.getDiskUsedBytes() / capacity.getDiskBytes())
                    .as("placement gives it no more replicas")
                    .isBetween(0.85, 0.95);
            assertThat(capacity.getDiskFull()).isFalse();
            assertThat(apply(worker).hasApplied()).isTrue();

            disk.fillTo(0.96);

            assertThat(list(worker).getCapacity().getDiskFull()).isTrue();
            Overloaded refused = apply(worker).getOverloaded();
            assertThat(refused.getReason()).isEqualTo("DISK_FULL");
            assertThat(refused.getRetryAfterMs()).isPositive();
            assertWhole(worker);
            assertThat(condition(worker).hasRunning()).isTrue();

            disk.clear();

            assertThat(apply(worker).hasApplied()).isTrue();
            assertWhole(worker);
        }
    }

    /** What finds no room, though batches are not refused yet. */
    enum Moment {
        /** An entry of the log. */
        LOG_APPEND(64, 1_000_000, "") {
            @Override
            void bringAbout(FullDiskTest test, WorkerHarness worker) {}
        },
        /** The file that rows in memory are sealed into; nothing else needs room then. */
        SEAL(1_300, 1_000_000, ".vsg") {
            @Override
            void bringAbout(FullDiskTest test, WorkerHarness worker) {
                test.applyUntil(worker, "cut", () -> status(worker).getFrozenSegments() > 0);
            }
        },
        /** The rows that are made durable before such a file counts. */
        FLUSH(2_300, 1_000_000, ".sst") {
            @Override
            void bringAbout(FullDiskTest test, WorkerHarness worker) {
                SEAL.bringAbout(test, worker);
                awaitProblem(worker);
            }
        },
        /** Rows that are made durable for a checkpoint. */
        CHECKPOINT(700, ROWS_BEFORE / BATCH + 1, ".sst") {
            @Override
            void bringAbout(FullDiskTest test, WorkerHarness worker) {
                test.apply(worker, BATCH);
            }
        };

        private final int leftKilobytes;
        private final int snapshotEntries;
        private final String file;

        Moment(int leftKilobytes, int snapshotEntries, String file) {
            this.leftKilobytes = leftKilobytes;
            this.snapshotEntries = snapshotEntries;
            this.file = file;
        }

        abstract void bringAbout(FullDiskTest test, WorkerHarness worker);

        boolean stopsTheReplica() {
            return this != SEAL;
        }
    }

    private static void awaitProblem(WorkerHarness worker) {
        await("a problem", () -> !status(worker).getProblem().isEmpty(), () -> status(worker));
    }

    @ParameterizedTest
    @EnumSource
    void whatFindsNoRoomIsDoneWhenThereIsSome(Moment moment) throws IOException {
        SnapshotPolicy snapshots =
                new SnapshotPolicy(moment.snapshotEntries, 1 << 30, Duration.ofDays(1), 0);
        try (WorkerHarness worker = worker(WorkerHarness.freePort(), 1, snapshots)) {
            addReplica(worker);
            applyUntil(worker, "rows", () -> applied >= ROWS_BEFORE);
            disk.leave(moment.leftKilobytes << 10);

            moment.bringAbout(this, worker);

            if (moment.stopsTheReplica()) {
                await("stops", () -> !apply(worker, 1).hasApplied(), () -> status(worker));
                await("says so", () -> condition(worker).hasFailed(), () -> status(worker));
                ReplicaCondition full = condition(worker);
                assertThat(full.getFailed().getReason())
                        .as("%s", full)
                        .isEqualTo(FailureReason.FAILURE_REASON_DISK_FULL);
                assertThat(apply(worker).getUnavailable().getCondition()).isEqualTo(full);
            } else {
                awaitProblem(worker);
                assertThat(condition(worker).hasRunning()).isTrue();
                assertWhole(worker);
            }
            assertThat(status(worker).getProblem()).contains("No space left").contains(moment.file);
            assertNothingLeftOver();

            disk.clear();

            await("it runs again", () -> condition(worker).hasRunning(), () -> status(worker));
            long more = applied + ROWS_BEFORE;
            applyUntil(worker, "goes on", () -> applied >= more);
            await(
                    "done what found no room",
                    () -> status(worker).getSealedSegments() > 0,
                    () -> status(worker));
            assertThat(status(worker).getProblem()).isEmpty();
            assertWhole(worker);
        }
    }
}
