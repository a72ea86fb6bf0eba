package io.vectron.worker;

import static io.vectron.worker.shard.Entries.GROUP;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.Member;
import io.vectron.proto.worker.v1.PositionRequest;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.ShardHits;
import io.vectron.worker.config.WorkerConfig;
import io.vectron.worker.storage.Damage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three workers with a replica each compare what they have. */
class ComparisonTest {
    private static final Duration OFTEN = Duration.ofMillis(100);

    @TempDir Path folder;
    private final List<Integer> raftPorts = new ArrayList<>();
    private final List<WorkerHarness> workers = new ArrayList<>();

    private WorkerHarness start(int i) throws IOException {
        String id = "w" + (i + 1);
        return new WorkerHarness(
                id,
                folder.resolve(id),
                raftPorts.get(i),
                config ->
                        config.withReplication(
                                config.replication()
                                        .withChecks(
                                                new WorkerConfig.Checks(
                                                        OFTEN, Duration.ofDays(1), 1 << 20))),
                null);
    }

    private void startAll() throws IOException {
        for (int i = 0; i < 3; i++) {
            raftPorts.add(WorkerHarness.freePort());
        }
        for (int i = 0; i < 3; i++) {
            workers.add(start(i));
        }
        AddReplicaRequest.Builder request =
                WorkerHarness.request(GROUP, Metric.METRIC_EUCLIDEAN, 2, 1).toBuilder()
                        .clearMembers();
        for (int i = 0; i < 3; i++) {
            request.addMembers(
                    Member.newBuilder()
                            .setWorker("w" + (i + 1))
                            .setHost("127.0.0.1")
                            .setRaftPort(raftPorts.get(i)));
        }
        workers.forEach(worker -> worker.stub().addReplica(request.build()));
    }

    @AfterEach
    void stop() {
        workers.forEach(WorkerHarness::close);
    }

    private static ReplicaStatus status(WorkerHarness worker) {
        return worker.stub().listReplicas(ListReplicasRequest.getDefaultInstance()).getReplicas(0);
    }

    private static ReplicaCondition condition(WorkerHarness worker) {
        return status(worker).getCondition();
    }

    private static void await(String what, BooleanSupplier reached, Supplier<?> seen) {
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s: %s", what, seen.get()).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private WorkerHarness leader() {
        await(
                "a leader",
                () -> workers.stream().anyMatch(ComparisonTest::leads),
                () -> workers.stream().map(ComparisonTest::status).toList());
        return workers.stream().filter(ComparisonTest::leads).findFirst().orElseThrow();
    }

    private static boolean leads(WorkerHarness worker) {
        return worker.stub()
                .position(PositionRequest.newBuilder().setGroup(GROUP.toString()).build())
                .hasApplied();
    }

    private void apply(long from, long to, String... ids) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            records.add(upsert(from + i, ids[i], (float) from + i, 1));
        }
        ApplyBatch batch = batch(from, to, records.toArray(LogRecord[]::new));
        await("applied", () -> leader().apply(batch).hasApplied(), () -> leader().apply(batch));
    }

    private void awaitEverywhere(long position) {
        await(
                "everywhere",
                () -> workers.stream().allMatch(it -> status(it).getPosition() >= position),
                () -> workers.stream().map(ComparisonTest::status).toList());
    }

    @Test
    void whoDiffersFromMostStopsAnsweringAndTheOthersGoOn() throws IOException {
        startAll();
        apply(0, 3, "a", "b", "c");
        awaitEverywhere(3);
        assertThat(workers).allMatch(worker -> status(worker).getVotersCount() == 3);
        int odd = 0; // a follower, so that the others keep their leader
        while (status(workers.get(odd)).getRole() == Role.ROLE_LEADER) {
            odd++;
        }
        workers.get(odd).close();
        Path live =
                folder.resolve("w" + (odd + 1))
                        .resolve("raft")
                        .resolve("raft")
                        .resolve(GROUP.toString())
                        .resolve("live");
        Damage.neverHad(live, "b");
        WorkerHarness differs = start(odd);
        workers.set(odd, differs);
        apply(3, 4, "d");

        await("outvoted", () -> condition(differs).hasQuarantined(), () -> condition(differs));

        ReplicaCondition why = condition(differs);
        assertThat(why.getQuarantined().getOutvoted().getDigest())
                .isNotEqualTo(why.getQuarantined().getOutvoted().getMajority());
        ShardHits refused =
                differs.stub().search(WorkerHarness.search(10, 1, 1).build()).getShards(0);
        assertThat(refused.getUnavailable().getCondition()).isEqualTo(why);
        for (WorkerHarness worker : workers) {
            if (worker != differs) {
                assertThat(condition(worker).hasRunning()).isTrue();
                assertThat(
                                worker.stub()
                                        .search(WorkerHarness.search(10, 1, 1).build())
                                        .getShards(0)
                                        .getHitsCount())
                        .isEqualTo(4);
            }
        }
        workers.set(odd, start(odd, differs));
        assertThat(condition(workers.get(odd))).as("a restart does not help").isEqualTo(why);
    }

    private WorkerHarness start(int i, WorkerHarness former) throws IOException {
        former.close();
        return start(i);
    }
}
