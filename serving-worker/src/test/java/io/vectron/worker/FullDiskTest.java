package io.vectron.worker;

import static io.vectron.worker.WideShard.addReplica;
import static io.vectron.worker.WideShard.await;
import static io.vectron.worker.WideShard.awaitRunning;
import static io.vectron.worker.WideShard.condition;
import static io.vectron.worker.WideShard.list;
import static io.vectron.worker.WideShard.status;
import static io.vectron.worker.shard.Entries.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.Overloaded;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.WorkerCapacity;
import io.vectron.replication.SnapshotPolicy;
import io.vectron.worker.storage.NativeLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A worker on a real file system that becomes full, and has room again. */
class FullDiskTest {
    private static final int ROWS_BEFORE = 700;
    private static final int HOT_ROWS = 1_024;
    private static final int DISK_MEGABYTES = 96;
    private static final int ROOM_FOR_A_SEAL = 6 << 20;

    @TempDir Path folder;
    private SmallDisk disk;
    private final WideShard shard = new WideShard();

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

    /** What was begun and found no room goes; it is tried again every now and then. */
    private void awaitNothingLeftOver() {
        List<String> seen = new ArrayList<>();
        await(
                "nothing left over",
                () -> {
                    seen.clear();
                    try (Stream<Path> files = Files.walk(groupFolder())) {
                        files.map(file -> file.getFileName().toString())
                                .filter(name -> name.endsWith(".tmp") || name.startsWith("tmp-"))
                                .forEach(seen::add);
                        return seen.isEmpty();
                    } catch (IOException | UncheckedIOException e) {
                        seen.add(e.toString()); // another try has just begun, or ended
                        return false;
                    }
                },
                () -> seen);
    }

    private Path groupFolder() {
        return disk.folder().resolve("w1/raft/raft").resolve(GROUP.toString());
    }

    @Test
    void itSaysHowFullItIsAndTakesNoBatchesFrom95PercentUntilThereIsRoom() throws IOException {
        try (WorkerHarness worker = worker(WorkerHarness.freePort(), 0.95)) {
            addReplica(worker);
            shard.apply(worker);
            disk.fillTo(0.88);
            WorkerCapacity capacity = list(worker).getCapacity();
            assertThat((double) capacity.getDiskUsedBytes() / capacity.getDiskBytes())
                    .as("placement gives it no more replicas")
                    .isBetween(0.85, 0.95);
            assertThat(capacity.getDiskFull()).isFalse();
            assertThat(shard.apply(worker).hasApplied()).isTrue();

            disk.fillTo(0.96);

            assertThat(list(worker).getCapacity().getDiskFull()).isTrue();
            Overloaded refused = shard.apply(worker).getOverloaded();
            assertThat(refused.getReason()).isEqualTo("DISK_FULL");
            assertThat(refused.getRetryAfterMs()).isPositive();
            shard.assertWhole(worker);
            assertThat(condition(worker).hasRunning()).isTrue();

            disk.clear();

            assertThat(shard.apply(worker).hasApplied()).isTrue();
            shard.assertWhole(worker);
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
                test.shard.applyUntil(worker, "cut", () -> status(worker).getFrozenSegments() > 0);
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
        CHECKPOINT(700, ROWS_BEFORE / WideShard.BATCH + 1, ".sst") {
            @Override
            void bringAbout(FullDiskTest test, WorkerHarness worker) {
                test.shard.apply(worker);
            }

            // Slowly: the log must not be the one that finds no room.
            @Override
            boolean finds(FullDiskTest test, WorkerHarness worker) {
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
                return super.finds(test, worker);
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

        /** Asks for a little more room; true if there is none. */
        boolean finds(FullDiskTest test, WorkerHarness worker) {
            return !test.shard.apply(worker, 1).hasApplied();
        }

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
            shard.applyUntil(worker, "rows", () -> shard.applied() >= ROWS_BEFORE);
            disk.leave(moment.leftKilobytes << 10);

            moment.bringAbout(this, worker);

            if (moment.stopsTheReplica()) {
                await("stops", () -> moment.finds(this, worker), () -> status(worker));
                disk.leave(0); // else it is opened again in three seconds
                await("says so", () -> condition(worker).hasFailed(), () -> status(worker));
                ReplicaCondition full = condition(worker);
                assertThat(full.getFailed().getReason())
                        .as("%s", full)
                        .isEqualTo(FailureReason.FAILURE_REASON_DISK_FULL);
                assertThat(shard.apply(worker).getUnavailable().getCondition()).isEqualTo(full);
            } else {
                awaitProblem(worker);
                assertThat(condition(worker).hasRunning()).isTrue();
                shard.assertWhole(worker);
            }
            assertThat(status(worker).getProblem()).contains("No space left").contains(moment.file);
            awaitNothingLeftOver();

            disk.clear();

            awaitRunning(worker);
            long more = shard.applied() + ROWS_BEFORE;
            shard.applyUntil(worker, "goes on", () -> shard.applied() >= more);
            await(
                    "done what found no room",
                    () -> status(worker).getSealedSegments() > 0,
                    () -> status(worker));
            await("no problem", () -> status(worker).getProblem().isEmpty(), () -> status(worker));
            shard.assertWhole(worker);
        }
    }

    /** Five files of one size are merged; the fifth finds room, the one of all their rows not. */
    @Test
    void aMergeThatFindsNoRoomIsDoneWhenThereIsSome() throws IOException {
        try (WorkerHarness worker = worker(WorkerHarness.freePort(), 1)) {
            addReplica(worker);
            shard.applyUntil(worker, "four", () -> status(worker).getSealedSegments() == 4);
            disk.leave(ROOM_FOR_A_SEAL);
            shard.applyUntil(worker, "five", () -> status(worker).getSealedSegments() >= 5);
            awaitProblem(worker);
            // Rows that came while the fifth was written may have become a sixth by now.
            int files = status(worker).getSealedSegments();
            assertThat(files).isGreaterThanOrEqualTo(5);
            assertThat(status(worker).getProblem()).contains("No space left").contains(".vsg");
            assertThat(condition(worker).hasRunning()).isTrue();
            shard.assertWhole(worker);
            awaitNothingLeftOver();

            disk.clear();

            await(
                    "merged",
                    () -> status(worker).getSealedSegments() <= files - 4,
                    () -> status(worker));
            await("no problem", () -> status(worker).getProblem().isEmpty(), () -> status(worker));
            assertThat(shard.apply(worker).hasApplied()).isTrue();
            shard.assertWhole(worker);
        }
    }

    @Test
    void aWorkerThatStartsOnAFullDiskHasAllWhenThereIsRoom() throws IOException {
        int port = WorkerHarness.freePort();
        try (WorkerHarness worker = worker(port, 1)) {
            addReplica(worker);
            shard.applyUntil(worker, "rows", () -> shard.applied() >= ROWS_BEFORE);
        }
        disk.leave(0);
        try (WorkerHarness worker = worker(port, 1)) {
            await("says so", () -> condition(worker).hasFailed(), () -> status(worker));
            assertThat(condition(worker).getFailed().getReason())
                    .as("%s", condition(worker))
                    .isEqualTo(FailureReason.FAILURE_REASON_DISK_FULL);

            disk.clear();

            awaitRunning(worker);
            shard.assertWhole(worker);
            await("goes on", () -> shard.apply(worker).hasApplied(), () -> status(worker));
        }
    }
}
