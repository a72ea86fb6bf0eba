package io.vectron.worker;

import static io.vectron.worker.WideShard.addReplica;
import static io.vectron.worker.WideShard.await;
import static io.vectron.worker.WideShard.awaitRunning;
import static io.vectron.worker.WideShard.condition;
import static io.vectron.worker.WideShard.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.worker.storage.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker on a real file system whose disk takes no more: writes succeed, syncs do not. */
class SyncErrorTest {
    @TempDir Path folder;
    private BreakingDisk disk;
    private final WideShard shard = new WideShard();

    @BeforeEach
    void mount() throws IOException {
        NativeLibrary.load(folder.resolve("native"));
        disk = BreakingDisk.mount(folder);
    }

    @AfterEach
    void unmount() throws IOException {
        if (disk != null) {
            disk.close();
        }
    }

    private WorkerHarness worker(int raftPort) throws IOException {
        return new WorkerHarness(disk.folder().resolve("w1"), raftPort, config -> config, null);
    }

    private WorkerHarness brokeDown(int port) throws IOException {
        WorkerHarness worker = worker(port);
        addReplica(worker);
        shard.applyUntil(worker, "rows", () -> shard.applied() >= 500);
        disk.breakDown();
        await("stops", () -> !shard.apply(worker).hasApplied(), () -> status(worker));
        await("says so", () -> condition(worker).hasFailed(), () -> status(worker));
        return worker;
    }

    @Test
    void nothingIsTriedAgainBeforeARestart() throws IOException {
        int port = WorkerHarness.freePort();
        try (WorkerHarness worker = brokeDown(port)) {
            ReplicaCondition broken = condition(worker);
            assertThat(broken.getFailed().getReason())
                    .as("not for lack of room: %s", broken)
                    .isEqualTo(FailureReason.FAILURE_REASON_IO_ERROR);
            assertThat(broken.getFailed().getRestartMayHelp()).isTrue();
            disk.repair();
            assertThat(shard.apply(worker).getUnavailable().getCondition()).isEqualTo(broken);
        }
        try (WorkerHarness worker = worker(port)) {
            awaitRunning(worker);
            await("goes on", () -> shard.apply(worker).hasApplied(), () -> status(worker));
            shard.assertWhole(worker);
        }
    }

    /** What the disk does not have may be in the middle of what it has. */
    @Test
    void afterAPowerCutAllThatWasAcknowledgedIsThereOrItIsFoundOut() throws IOException {
        int port = WorkerHarness.freePort();
        WorkerHarness stopped = brokeDown(port);
        disk.repair();
        stopped.close();
        disk.remount();
        try (WorkerHarness worker = worker(port)) {
            await("opened", () -> !condition(worker).hasOpening(), () -> status(worker));
            if (condition(worker).hasRunning()) {
                await("goes on", () -> shard.apply(worker).hasApplied(), () -> status(worker));
                shard.assertWhole(worker);
            } else {
                // Whatever was on its way to the disk when that broke: the log or a table of rows.
                assertThat(condition(worker).getFailed().getReason())
                        .as("%s", condition(worker))
                        .isIn(
                                FailureReason.FAILURE_REASON_CORRUPT_RAFT_LOG,
                                FailureReason.FAILURE_REASON_CORRUPT_STORE);
            }
        }
    }
}
