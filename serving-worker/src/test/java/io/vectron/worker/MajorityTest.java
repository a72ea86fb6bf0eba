package io.vectron.worker;

import static io.vectron.worker.ThreeWorkers.await;
import static io.vectron.worker.ThreeWorkers.condition;
import static io.vectron.worker.ThreeWorkers.rows;
import static io.vectron.worker.ThreeWorkers.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.HaltReason;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.ApplyBatchResponse.OutcomeCase;
import io.vectron.replication.Timing;
import io.vectron.worker.config.WorkerConfig;
import io.vectron.worker.shard.Entries;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a shard answers is what most of its three members hold. */
class MajorityTest {
    /** So that nothing waits for long; a leader gives up after five seconds without a majority. */
    private static final Timing HASTY =
            new Timing(
                    Duration.ofSeconds(5),
                    Duration.ofMillis(5_500),
                    Duration.ofMillis(300),
                    Duration.ofMillis(800),
                    Duration.ofMillis(5_500));

    @TempDir Path folder;

    private static WorkerConfig.Replication hasty(WorkerConfig.Replication replication) {
        return new WorkerConfig.Replication(
                HASTY, replication.snapshots(), replication.checks(), replication.tls());
    }

    @Test
    void aLeaderAloneDoesNotSayWhatBecomesOfABatch() throws IOException {
        try (ThreeWorkers workers = new ThreeWorkers(folder, MajorityTest::hasty)) {
            workers.apply(0, 2, "a", "b");
            int rows = 2;
            OutcomeCase told = OutcomeCase.NOT_LEADER;
            // Its patience with the others ends when that with the batch does: a machine that
            // pauses just then has the former told.
            for (int tries = 1; told == OutcomeCase.NOT_LEADER; tries++) {
                assertThat(tries).as("tries").isLessThan(4);
                told = toldByALeaderAlone(workers, rows);
                rows += 2;
            }
            assertThat(told).isEqualTo(OutcomeCase.UNDECIDED);
        }
    }

    /** What becomes of a batch that the others do not hear of; they come back, and it is there. */
    private static OutcomeCase toldByALeaderAlone(ThreeWorkers workers, int rows)
            throws IOException {
        workers.awaitEverywhere(rows);
        int leads = workers.awaitLeader();
        int first = (leads + 1) % 3;
        int second = (leads + 2) % 3;
        workers.get(first).close();
        workers.get(second).close();

        ApplyBatchResponse told = workers.get(leads).apply(rows(rows, rows + 1, "c" + rows));

        assertThat(ThreeWorkers.found(workers.get(leads)))
                .as("what was agreed is read on")
                .isEqualTo(rows);
        workers.restart(first);
        workers.restart(second);
        workers.apply(rows, rows + 1, "c" + rows);
        workers.apply(rows + 1, rows + 2, "d" + rows);
        workers.awaitEverywhere(rows + 2);
        for (WorkerHarness worker : workers.all()) {
            assertThat(ThreeWorkers.found(worker)).isEqualTo(rows + 2);
            assertThat(status(worker).getRows()).isEqualTo(rows + 2);
        }
        return told.getOutcomeCase();
    }

    @Test
    void aShardThatContradictsItsLogStopsOnAllMembers() throws IOException {
        Halt halt =
                Halt.newBuilder()
                        .setReason(HaltReason.HALT_REASON_OTHER_EPOCH)
                        .setPosition(2)
                        .setLeaderEpoch(3)
                        .setLogEnd(9)
                        .setEpochEnd(1)
                        .setFoundTopicId(Entries.TOPIC_ID)
                        .build();
        try (ThreeWorkers workers = new ThreeWorkers(folder, MajorityTest::hasty)) {
            workers.apply(0, 2, "a", "b");
            int follower = workers.follower();
            int leads = workers.awaitLeader();
            assertThat(workers.get(follower).report(halt).hasNotLeader()).isTrue();
            workers.get(follower).close();

            assertThat(workers.get(leads).report(halt).hasUnavailable()).isTrue();

            WorkerHarness late = workers.restart(follower);
            await("it is told, too", () -> condition(late).hasLogDiverged(), () -> status(late));
            for (WorkerHarness worker : workers.all()) {
                await("told", () -> condition(worker).hasLogDiverged(), () -> status(worker));
                assertThat(condition(worker).getLogDiverged().getPosition()).isEqualTo(2);
                assertThat(ThreeWorkers.found(worker)).isEqualTo(2);
                ApplyBatchResponse refused = worker.apply(rows(2, 3, "c"));
                assertThat(refused.getUnavailable().getCondition()).isEqualTo(condition(worker));
            }
        }
    }
}
