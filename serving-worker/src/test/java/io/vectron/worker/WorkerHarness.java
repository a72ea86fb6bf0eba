package io.vectron.worker;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.vectron.common.rpc.FreePort;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.ApplyBatchRequest;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.Member;
import io.vectron.proto.worker.v1.ReportLogRequest;
import io.vectron.proto.worker.v1.ReportLogResponse;
import io.vectron.proto.worker.v1.SearchRequest;
import io.vectron.proto.worker.v1.ShardRead;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import io.vectron.proto.worker.v1.WorkerServiceGrpc.WorkerServiceBlockingStub;
import io.vectron.replication.Timing;
import io.vectron.worker.api.DiskSpace;
import io.vectron.worker.config.WorkerConfig;
import io.vectron.worker.shard.Entries;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A worker in this process and a client of it. */
final class WorkerHarness implements AutoCloseable {
    static final String ID = "w1";

    private static final Timing STEADY =
            new Timing(
                    Duration.ofSeconds(5),
                    Duration.ofMillis(5_500),
                    Duration.ofMillis(300),
                    Duration.ofMillis(800),
                    Duration.ofSeconds(15));

    private final ServingWorker worker;
    private final ManagedChannel channel;
    private final int raftPort;

    WorkerHarness(Path folder) throws IOException {
        this(folder, freePort(), config -> config, null);
    }

    WorkerHarness(
            Path folder, int raftPort, UnaryOperator<WorkerConfig> change, @Nullable DiskSpace disk)
            throws IOException {
        this(ID, folder, raftPort, change, disk);
    }

    WorkerHarness(
            String id,
            Path folder,
            int raftPort,
            UnaryOperator<WorkerConfig> change,
            @Nullable DiskSpace disk)
            throws IOException {
        this.raftPort = raftPort;
        worker = new ServingWorker(change.apply(config(id, folder, raftPort)), disk);
        worker.start();
        channel =
                Grpc.newChannelBuilder(
                                "127.0.0.1:" + worker.port(), InsecureChannelCredentials.create())
                        .maxInboundMessageSize(16 << 20)
                        .build();
    }

    static WorkerConfig config(Path folder, int raftPort) {
        return config(ID, folder, raftPort);
    }

    /** Of one of several workers. */
    static WorkerConfig config(String id, Path folder, int raftPort) {
        return WorkerConfig.of(
                new WorkerConfig.Identity(id, "127.0.0.1", 0, raftPort, ""), folder, null);
    }

    /** Elects at once, and loses no leader to a member that pauses for some seconds. */
    static WorkerConfig steady(WorkerConfig config) {
        WorkerConfig.Replication replication = config.replication();
        return config.withReplication(
                new WorkerConfig.Replication(
                        STEADY, replication.snapshots(), replication.checks(), replication.tls()));
    }

    int raftPort() {
        return raftPort;
    }

    static int freePort() throws IOException {
        return FreePort.any();
    }

    int port() {
        return worker.port();
    }

    ManagedChannel channel() {
        return channel;
    }

    WorkerServiceBlockingStub stub() {
        return WorkerServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    /** Tells the shard of {@code Entries.GROUP} what is wrong with its log. */
    ReportLogResponse report(Halt halt) {
        return stub().reportLog(
                        ReportLogRequest.newBuilder()
                                .setGroup(Entries.GROUP.toString())
                                .setHalt(halt)
                                .build());
    }

    AddReplicaRequest replica(UUID group, Metric metric, int dimension) {
        return request(group, metric, dimension, raftPort);
    }

    static AddReplicaRequest request(UUID group, Metric metric, int dimension, int raftPort) {
        return AddReplicaRequest.newBuilder()
                .setGroup(group.toString())
                .setFacts(Entries.collection(metric, dimension))
                .setTopicId(Entries.TOPIC_ID)
                .setShard(Entries.PARTITION)
                .setGeneration(1)
                .setEpoch(Entries.EPOCH)
                .addMembers(
                        Member.newBuilder()
                                .setWorker(ID)
                                .setHost("127.0.0.1")
                                .setRaftPort(raftPort))
                .build();
    }

    /** Adds the replica of {@link Entries#GROUP}: euclidean, two dimensions. */
    void addReplica() {
        stub().addReplica(replica(Entries.GROUP, Metric.METRIC_EUCLIDEAN, 2));
    }

    ApplyBatchResponse apply(ApplyBatch batch) {
        return stub().applyBatch(ApplyBatchRequest.newBuilder().setBatch(batch).build());
    }

    static SearchRequest.Builder search(int topK, float... vector) {
        SearchRequest.Builder search =
                SearchRequest.newBuilder()
                        .addShards(ShardRead.newBuilder().setGroup(Entries.GROUP.toString()))
                        .setTopK(topK);
        for (float value : vector) {
            search.addVector(value);
        }
        return search;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        worker.close();
    }
}
