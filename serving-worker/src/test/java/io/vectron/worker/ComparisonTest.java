package io.vectron.worker;

import static io.vectron.worker.ThreeWorkers.await;
import static io.vectron.worker.ThreeWorkers.condition;
import static io.vectron.worker.shard.Entries.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ShardHits;
import io.vectron.worker.config.WorkerConfig;
import io.vectron.worker.storage.Damage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three workers with a replica each compare what they have. */
class ComparisonTest {
    private static final WorkerConfig.Checks OFTEN =
            new WorkerConfig.Checks(Duration.ofMillis(100), Duration.ofDays(1), 1 << 20);

    @TempDir Path folder;

    @Test
    void whoDiffersFromMostStopsAnsweringAndTheOthersGoOn() throws IOException {
        try (ThreeWorkers workers =
                new ThreeWorkers(folder, replication -> replication.withChecks(OFTEN))) {
            workers.apply(0, 3, "a", "b", "c");
            workers.awaitEverywhere(3);
            assertThat(workers.statuses()).allMatch(status -> status.getVotersCount() == 3);
            int odd = workers.follower(); // so that the others keep their leader
            workers.get(odd).close();
            Damage.neverHad(live(workers.folder(odd)), "b");
            WorkerHarness differs = workers.restart(odd);
            workers.apply(3, 4, "d");

            await("outvoted", () -> condition(differs).hasQuarantined(), () -> condition(differs));

            ReplicaCondition why = condition(differs);
            assertThat(why.getQuarantined().getOutvoted().getDigest())
                    .isNotEqualTo(why.getQuarantined().getOutvoted().getMajority());
            ShardHits refused =
                    differs.stub().search(WorkerHarness.search(10, 1, 1).build()).getShards(0);
            assertThat(refused.getUnavailable().getCondition()).isEqualTo(why);
            for (WorkerHarness worker : workers.all()) {
                if (worker != differs) {
                    assertThat(condition(worker).hasRunning()).isTrue();
                    assertThat(ThreeWorkers.found(worker)).isEqualTo(4);
                }
            }
            differs.close();
            assertThat(condition(workers.restart(odd)))
                    .as("a restart does not help")
                    .isEqualTo(why);
        }
    }

    /** Its rows may be those of a damaged leader, and two of a kind outvote the third. */
    @Test
    void nobodyVotesBeforeItsRowsAreLookedThrough() throws Exception {
        AtomicReference<WorkerConfig.Checks> checks =
                new AtomicReference<>(
                        new WorkerConfig.Checks(Duration.ofDays(1), Duration.ofDays(1), 1));
        try (ThreeWorkers workers =
                new ThreeWorkers(folder, replication -> replication.withChecks(checks.get()))) {
            workers.apply(0, 3, "a", "b", "c");
            workers.awaitEverywhere(3);
            int odd = workers.follower();
            for (int i = 0; i < 3; i++) {
                workers.get(i).close();
            }
            Damage.neverHad(live(workers.folder(odd)), "b");
            checks.set(new WorkerConfig.Checks(Duration.ofMillis(100), Duration.ofDays(1), 1));
            for (int i = 0; i < 3; i++) {
                workers.restart(i); // each has rows to look through, a byte a second
            }
            workers.apply(3, 4, "d");
            workers.awaitEverywhere(4);
            Thread.sleep(3_000); // thirty times as long as between two votes
            assertThat(workers.statuses()).allMatch(it -> it.getCondition().hasRunning());
        }
    }

    private static Path live(Path worker) {
        return worker.resolve("raft").resolve("raft").resolve(GROUP.toString()).resolve("live");
    }
}
