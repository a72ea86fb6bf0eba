package io.vectron.worker;

import static io.vectron.worker.ThreeWorkers.await;
import static io.vectron.worker.ThreeWorkers.condition;
import static io.vectron.worker.ThreeWorkers.rows;
import static io.vectron.worker.ThreeWorkers.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.ApplyBatch;
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
            workers.awaitEverywhere(2);
            int leads = workers.awaitLeader();
            int first = (leads + 1) % 3;
            int second = (leads + 2) % 3;
            workers.get(first).close();
            workers.get(second).close();
            ApplyBatch batch = rows(2, 3, "c");

            ApplyBatchResponse told = workers.get(leads).apply(batch);

            // Its patience with the others ends when that with the batch does: either may be told.
            assertThat(told.getOutcomeCase())
                    .as("%s", told)
                    .isIn(OutcomeCase.UNDECIDED, OutcomeCase.NOT_LEADER);
            assertThat(ThreeWorkers.found(workers.get(leads)))
                    .as("what was agreed is read on")
                    .isEqualTo(2);
            workers.restart(first);
            workers.restart(second);
            workers.apply(2, 3, "c");
            workers.apply(3, 4, "d");
            workers.awaitEverywhere(4);
            for (WorkerHarness worker : workers.all()) {
                assertThat(ThreeWorkers.found(worker)).isEqualTo(4);
                assertThat(status(worker).getRows()).isEqualTo(4);
            }
        }
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
