package io.vectron.worker;

import static io.vectron.worker.shard.Entries.GROUP;
import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.ApplyBatchRequest;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.Member;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.worker.config.WorkerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the rows in memory are cut off and sealed, and what stays true then. */
class SealTest {
    private static final int HOT_ROWS = 2_048;
    private static final UUID OTHER = UUID.fromString("00000000-0000-4000-8000-000000000002");

    @TempDir Path folder;

    private WorkerHarness worker(int port, long hotTotalBytes) throws IOException {
        return new WorkerHarness(
                folder,
                port,
                config ->
                        config.withMemory(
                                config.memory()
                                        .withHot(64 << 20, HOT_ROWS)
                                        .withHotTotal(hotTotalBytes)),
                null);
    }

    private static void fill(WorkerHarness worker, UUID group, long from, long to) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        long next = from;
        while (next < to) {
            assertThat(System.nanoTime()).as("stuck at %s", next).isLessThan(end);
            List<LogRecord> records = new ArrayList<>();
            for (long offset = next; offset < Math.min(to, next + 100); offset++) {
                records.add(upsert(offset, "id" + offset, (float) offset, 1));
            }
            long after = next + records.size();
            ApplyBatchResponse answer =
                    worker.stub()
                            .applyBatch(
                                    ApplyBatchRequest.newBuilder()
                                            .setBatch(
                                                    batch(
                                                                    next,
                                                                    after,
                                                                    records.toArray(
                                                                            LogRecord[]::new))
                                                            .toBuilder()
                                                            .setGroup(group.toString()))
                                            .build());
            next = answer.hasApplied() ? answer.getApplied().getPosition() : next;
        }
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

    private static ReplicaStatus await(
            WorkerHarness worker, UUID group, Predicate<ReplicaStatus> reached) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        ReplicaStatus status = status(worker, group);
        while (!reached.test(status)) {
            assertThat(System.nanoTime()).as("stuck at %s", status).isLessThan(end);
            Thread.onSpinWait();
            status = status(worker, group);
        }
        return status;
    }

    private static boolean isCut(ReplicaStatus status) {
        return status.getFrozenSegments() + status.getSealedSegments() > 0;
    }

    private static int found(WorkerHarness worker) {
        return worker.stub()
                .search(WorkerHarness.search(10_000, 0, 0).setExact(true).build())
                .getShards(0)
                .getHitsCount();
    }

    @Test
    void manyRowsAreCutOffBeforeTheirSegmentIsFull() throws IOException {
        try (WorkerHarness worker = worker(WorkerHarness.freePort(), 1L << 30)) {
            worker.addReplica();
            fill(worker, GROUP, 0, HOT_ROWS / 2);
            assertThat(isCut(status(worker, GROUP))).isFalse();
            fill(worker, GROUP, HOT_ROWS / 2, HOT_ROWS - 1);
            await(worker, GROUP, SealTest::isCut);
            assertThat(found(worker)).isEqualTo(HOT_ROWS - 1);
        }
    }

    @Test
    void rowsOfAllShardsTogetherAreCutOffAboveTheBudget() throws IOException {
        try (WorkerHarness worker = worker(WorkerHarness.freePort(), 1)) {
            worker.addReplica();
            worker.stub().addReplica(worker.replica(OTHER, Metric.METRIC_EUCLIDEAN, 2));
            fill(worker, GROUP, 0, 100);
            fill(worker, OTHER, 0, 300);
            await(worker, GROUP, SealTest::isCut);
            await(worker, OTHER, SealTest::isCut);
            assertThat(found(worker)).isEqualTo(100);
        }
    }

    private WorkerHarness member(String id, long hotTotalBytes) throws IOException {
        int port = WorkerHarness.freePort();
        Path own = folder.resolve(id);
        return new WorkerHarness(
                own,
                port,
                _ -> {
                    WorkerConfig config = WorkerHarness.steady(WorkerHarness.config(id, own, port));
                    return config.withMemory(config.memory().withHotTotal(hotTotalBytes));
                },
                null);
    }

    private static Member member(String id, WorkerHarness worker) {
        return Member.newBuilder()
                .setWorker(id)
                .setHost("127.0.0.1")
                .setRaftPort(worker.raftPort())
                .build();
    }

    @Test
    void aFollowerThatIsShortOfMemoryCutsByItself() throws IOException {
        try (WorkerHarness one = member("w1", 1L << 30);
                WorkerHarness two = member("w2", 1L << 30);
                WorkerHarness poor = member("w3", 1)) {
            AddReplicaRequest request =
                    one.replica(GROUP, Metric.METRIC_EUCLIDEAN, 2).toBuilder()
                            .clearMembers()
                            .addMembers(member("w1", one))
                            .addMembers(member("w2", two))
                            .addMembers(member("w3", poor))
                            .build();
            one.stub().addReplica(request);
            two.stub().addReplica(request);
            WorkerHarness leader = leader(one, two);
            // It comes when the others have a leader: it will not be the one.
            poor.stub().addReplica(request);
            fill(leader, GROUP, 0, 300);
            ReplicaStatus cut = await(poor, GROUP, SealTest::isCut);
            assertThat(cut.getRole()).isEqualTo(Role.ROLE_FOLLOWER);
            await(poor, GROUP, status -> status.getPoints() == 300);
            assertThat(found(poor)).isEqualTo(300);
            // Nobody else was asked to.
            for (WorkerHarness rich : List.of(one, two)) {
                assertThat(isCut(await(rich, GROUP, status -> status.getPoints() == 300)))
                        .isFalse();
            }
        }
    }

    private static WorkerHarness leader(WorkerHarness one, WorkerHarness other) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            for (WorkerHarness worker : List.of(one, other)) {
                if (status(worker, GROUP).getRole() == Role.ROLE_LEADER) {
                    return worker;
                }
            }
            assertThat(System.nanoTime()).as("no leader").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
