package io.vectron.worker;

import static io.vectron.worker.WideShard.await;
import static io.vectron.worker.WideShard.awaitRunning;
import static io.vectron.worker.WideShard.condition;
import static io.vectron.worker.WideShard.status;
import static io.vectron.worker.shard.Entries.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.Member;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.Role;
import io.vectron.worker.storage.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three workers with a replica each, of which one has a disk that becomes full or breaks. */
class OneBadDiskTest {
    private static final int BAD = 2;
    private static final int ROWS = 500;

    @TempDir Path folder;
    private final List<Integer> raftPorts = new ArrayList<>();
    private final List<WorkerHarness> workers = new ArrayList<>();
    private final WideShard shard = new WideShard();

    @BeforeEach
    void loadLibrary() throws IOException {
        NativeLibrary.load(folder.resolve("native"));
    }

    private WorkerHarness start(int i, Path disk) throws IOException {
        String id = "w" + (i + 1);
        return new WorkerHarness(
                id,
                disk.resolve(id),
                raftPorts.get(i),
                config -> config.withLimits(config.limits().withDiskFullShare(1)),
                null);
    }

    private void startAll(Path badDisk) throws IOException {
        AddReplicaRequest.Builder request =
                WorkerHarness.request(GROUP, Metric.METRIC_EUCLIDEAN, WideShard.DIMENSION, 1)
                        .toBuilder()
                        .clearMembers();
        for (int i = 0; i < 3; i++) {
            raftPorts.add(WorkerHarness.freePort());
            request.addMembers(
                    Member.newBuilder()
                            .setWorker("w" + (i + 1))
                            .setHost("127.0.0.1")
                            .setRaftPort(raftPorts.get(i)));
        }
        for (int i = 0; i < 3; i++) {
            workers.add(start(i, i == BAD ? badDisk : folder));
        }
        workers.forEach(worker -> worker.stub().addReplica(request.build()));
        applyUntil(ROWS);
    }

    @AfterEach
    void stop() {
        workers.forEach(WorkerHarness::close);
    }

    /** Each batch is acknowledged by whoever leads. */
    private void applyUntil(long position) {
        await(
                "applied up to " + position,
                () -> {
                    for (WorkerHarness worker : workers) {
                        if (status(worker).getRole() == Role.ROLE_LEADER) {
                            ApplyBatchResponse answer = shard.apply(worker);
                            if (answer.hasApplied()) {
                                break;
                            }
                        }
                    }
                    return shard.applied() >= position;
                },
                () -> workers.stream().map(WideShard::status).toList());
    }

    /** Why it stopped; it may be opened again at any time. */
    private FailureReason awaitStop() {
        AtomicReference<ReplicaCondition> seen =
                new AtomicReference<>(ReplicaCondition.getDefaultInstance());
        await(
                "it stops",
                () -> {
                    applyUntil(shard.applied() + WideShard.BATCH);
                    seen.set(condition(workers.get(BAD)));
                    return seen.get().hasFailed();
                },
                () -> status(workers.get(BAD)));
        return seen.get().getFailed().getReason();
    }

    private void assertAllHaveAll() {
        for (WorkerHarness worker : workers) {
            awaitRunning(worker);
            await(
                    "caught up",
                    () -> status(worker).getPosition() == shard.applied(),
                    () -> status(worker));
            shard.assertWhole(worker);
        }
        assertThat(workers.stream().map(it -> status(it).getDigest()).distinct()).hasSize(1);
    }

    @Test
    void theOthersGoOnWithoutOneThatHasNoRoomAndItCatchesUpByItself() throws IOException {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"), 64)) {
            startAll(disk.folder());
            disk.leave(64 << 10);

            assertThat(awaitStop()).isEqualTo(FailureReason.FAILURE_REASON_DISK_FULL);
            applyUntil(shard.applied() + ROWS);
            disk.clear();
            assertAllHaveAll();
            workers.remove(BAD).close();
        }
    }

    @Test
    void theOthersGoOnWithoutOneWhoseDiskBroke() throws IOException {
        try (BreakingDisk disk = BreakingDisk.mount(folder)) {
            startAll(disk.folder());
            disk.breakDown();

            assertThat(awaitStop()).isEqualTo(FailureReason.FAILURE_REASON_IO_ERROR);
            applyUntil(shard.applied() + ROWS);
            disk.repair();
            workers.get(BAD).close();
            workers.set(BAD, start(BAD, disk.folder()));
            assertAllHaveAll();
            workers.remove(BAD).close();
        }
    }
}
