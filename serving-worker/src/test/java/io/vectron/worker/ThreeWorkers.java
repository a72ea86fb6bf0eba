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
import io.vectron.worker.config.WorkerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Three workers in this process, with a replica of {@code Entries.GROUP} each: rows of two. */
final class ThreeWorkers implements AutoCloseable {
    private final Path folder;
    private final UnaryOperator<WorkerConfig> change;
    private final List<Integer> raftPorts = new ArrayList<>();
    private final List<WorkerHarness> workers = new ArrayList<>();

    ThreeWorkers(Path folder, UnaryOperator<WorkerConfig.Replication> change) throws IOException {
        this.folder = folder;
        this.change = config -> config.withReplication(change.apply(config.replication()));
        for (int i = 0; i < 3; i++) {
            raftPorts.add(WorkerHarness.freePort());
        }
        AddReplicaRequest.Builder request =
                WorkerHarness.request(GROUP, Metric.METRIC_EUCLIDEAN, 2, 1).toBuilder()
                        .clearMembers();
        for (int i = 0; i < 3; i++) {
            workers.add(start(i));
            request.addMembers(
                    Member.newBuilder()
                            .setWorker(id(i))
                            .setHost("127.0.0.1")
                            .setRaftPort(raftPorts.get(i)));
        }
        workers.forEach(worker -> worker.stub().addReplica(request.build()));
    }

    private static String id(int i) {
        return "w" + (i + 1);
    }

    private WorkerHarness start(int i) throws IOException {
        return new WorkerHarness(id(i), folder(i), raftPorts.get(i), change, null);
    }

    /** The folder of a worker. */
    Path folder(int i) {
        return folder.resolve(id(i));
    }

    List<WorkerHarness> all() {
        return workers;
    }

    WorkerHarness get(int i) {
        return workers.get(i);
    }

    /** Starts a worker that was closed. */
    WorkerHarness restart(int i) throws IOException {
        workers.set(i, start(i));
        return workers.get(i);
    }

    static ReplicaStatus status(WorkerHarness worker) {
        return worker.stub().listReplicas(ListReplicasRequest.getDefaultInstance()).getReplicas(0);
    }

    static ReplicaCondition condition(WorkerHarness worker) {
        return status(worker).getCondition();
    }

    List<ReplicaStatus> statuses() {
        return workers.stream().map(ThreeWorkers::status).toList();
    }

    static void await(String what, BooleanSupplier reached, Supplier<?> seen) {
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s: %s", what, seen.get()).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** The number of the one that leads and answers. */
    int awaitLeader() {
        await("a leader", () -> leader() >= 0, this::statuses);
        return leader();
    }

    private int leader() {
        for (int i = 0; i < workers.size(); i++) {
            PositionRequest request =
                    PositionRequest.newBuilder().setGroup(GROUP.toString()).build();
            if (workers.get(i).stub().position(request).hasApplied()) {
                return i;
            }
        }
        return -1;
    }

    /** The number of one that follows. */
    int follower() {
        awaitLeader();
        int i = 0;
        while (status(workers.get(i)).getRole() == Role.ROLE_LEADER) {
            i++;
        }
        return i;
    }

    /** Applies rows with the given ids. */
    void apply(long from, long to, String... ids) {
        ApplyBatch batch = rows(from, to, ids);
        await(
                "applied",
                () -> get(awaitLeader()).apply(batch).hasApplied(),
                () -> get(awaitLeader()).apply(batch));
    }

    static ApplyBatch rows(long from, long to, String... ids) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            records.add(upsert(from + i, ids[i], (float) from + i, 1));
        }
        return batch(from, to, records.toArray(LogRecord[]::new));
    }

    void awaitEverywhere(long position) {
        await(
                "everywhere",
                () -> statuses().stream().allMatch(it -> it.getPosition() >= position),
                this::statuses);
    }

    static int found(WorkerHarness worker) {
        return worker.stub()
                .search(WorkerHarness.search(10, 1, 1).build())
                .getShards(0)
                .getHitsCount();
    }

    @Override
    public void close() {
        workers.forEach(WorkerHarness::close);
    }
}
