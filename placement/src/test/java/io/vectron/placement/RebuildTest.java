package io.vectron.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.common.rpc.FreePort;
import io.vectron.placement.config.KafkaSettings;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.placement.fake.FakeKafka;
import io.vectron.placement.fake.FakeWorkers;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.placement.v1.CreateCollectionRequest;
import io.vectron.proto.placement.v1.HeartbeatRequest;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.RebuildShardsRequest;
import io.vectron.proto.placement.v1.RegisterWorkerRequest;
import io.vectron.proto.placement.v1.Worker;
import io.vectron.proto.v1.RebuildOutcome;
import io.vectron.proto.v1.ShardRebuild;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.LogDiverged;
import io.vectron.proto.worker.v1.LogDivergence;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.Running;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shards whose logs diverged, and what somebody decides about them. */
@SuppressWarnings("NullAway.Init")
@Timeout(60)
final class RebuildTest {
    private static final String HOST = "127.0.0.1";
    private static final Address WORKER = new Address(HOST, 7101);
    private static final ReplicaCondition RUNNING =
            ReplicaCondition.newBuilder().setRunning(Running.getDefaultInstance()).build();

    @TempDir Path folder;

    private final FakeKafka kafka = new FakeKafka();
    private final FakeWorkers workers = new FakeWorkers();
    private final Channels channels = new Channels();
    private PlacementNode node;
    private List<ShardPlacement> shards;

    @BeforeEach
    void start() throws IOException {
        PlacementConfig config =
                PlacementConfig.single(folder, HOST, 0, freePort(), KafkaSettings.at("fake:9092"));
        node =
                new PlacementNode(
                        config,
                        new Outside(
                                kafka.admin(point -> {}),
                                kafka.catalogue(point -> {}),
                                workers.client(point -> {})));
        node.start();
        Worker worker =
                Worker.newBuilder()
                        .setId("worker-1")
                        .setHost(HOST)
                        .setPort(WORKER.port())
                        .setRaftPort(7151)
                        .build();
        api().registerWorker(RegisterWorkerRequest.newBuilder().setWorker(worker).build());
        shards =
                api().createCollection(
                                CreateCollectionRequest.newBuilder()
                                        .setName("words")
                                        .setShards(2)
                                        .addVectors(
                                                VectorSpec.newBuilder()
                                                        .setDimension(4)
                                                        .setMetric(Metric.METRIC_COSINE))
                                        .build())
                        .getCollection()
                        .getRecord()
                        .getGenerations(0)
                        .getShardsList();
    }

    @AfterEach
    void stop() {
        channels.close();
        node.close();
    }

    @Test
    void aShardIsMadeAnewFromWhereItsLogBeginsAndAnotherIsLeftAlone() throws Exception {
        tell(diverged(LogDivergence.LOG_DIVERGENCE_BELOW_START), RUNNING);
        workers.elections(Integer.MAX_VALUE); // the change does not end before it is looked at

        assertThat(rebuild())
                .extracting(ShardRebuild::getOutcome)
                .containsExactly(
                        RebuildOutcome.REBUILD_OUTCOME_STARTED,
                        RebuildOutcome.REBUILD_OUTCOME_NOT_NEEDED);

        workers.await(() -> workers.on(WORKER).size() == 3);
        assertThat(workers.on(WORKER).values())
                .filteredOn(replica -> replica.getShard() == 0)
                .extracting(AddReplicaRequest::getFirstPosition)
                .containsExactlyInAnyOrder(0L, 40L);
        assertThat(rebuild(0))
                .singleElement()
                .extracting(ShardRebuild::getOutcome)
                .isEqualTo(RebuildOutcome.REBUILD_OUTCOME_UNDER_WAY);
        workers.elections(0);
        workers.await(() -> workers.on(WORKER).size() == 2);
        assertThat(workers.on(WORKER)).doesNotContainKey(shards.get(0).getGroup());
    }

    @Test
    void ofAnotherTopicNothingCanBeMade() {
        tell(diverged(LogDivergence.LOG_DIVERGENCE_OTHER_TOPIC), RUNNING);
        ShardRebuild answer = rebuild(0).getFirst();
        assertThat(answer.getOutcome()).isEqualTo(RebuildOutcome.REBUILD_OUTCOME_OTHER_TOPIC);
        assertThat(answer.getDetail()).contains("delete the collection");
        assertThat(workers.on(WORKER)).hasSize(2);
    }

    @Test
    void whatIsNotThereIsRefused() {
        assertCode(ErrorCode.INVALID_REQUEST, () -> rebuild(2));
        assertCode(ErrorCode.INVALID_REQUEST, () -> rebuild(-1));
        assertCode(
                ErrorCode.COLLECTION_NOT_FOUND,
                () -> api().rebuildShards(RebuildShardsRequest.newBuilder().setName("no").build()));
        assertThat(rebuild(1, 1))
                .as("nobody has told anything")
                .singleElement()
                .extracting(ShardRebuild::getOutcome)
                .isEqualTo(RebuildOutcome.REBUILD_OUTCOME_NOT_NEEDED);
    }

    private List<ShardRebuild> rebuild(Integer... numbers) {
        return api().rebuildShards(
                        RebuildShardsRequest.newBuilder()
                                .setName("words")
                                .addAllShards(List.of(numbers))
                                .build())
                .getShardsList();
    }

    private static ReplicaCondition diverged(LogDivergence divergence) {
        return ReplicaCondition.newBuilder()
                .setLogDiverged(LogDiverged.newBuilder().setDivergence(divergence).setLogStart(40))
                .build();
    }

    private void tell(ReplicaCondition... conditions) {
        HeartbeatRequest.Builder told = HeartbeatRequest.newBuilder().setWorker("worker-1");
        for (int shard = 0; shard < conditions.length; shard++) {
            told.addReplicas(
                    ReplicaStatus.newBuilder()
                            .setGroup(shards.get(shard).getGroup())
                            .setRole(Role.ROLE_LEADER)
                            .setCondition(conditions[shard]));
        }
        assertThat(api().heartbeat(told.build()).getUnknown()).isFalse();
    }

    private PlacementServiceGrpc.PlacementServiceBlockingStub api() {
        return PlacementServiceGrpc.newBlockingStub(channels.to(new Address(HOST, node.port())))
                .withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .satisfies(failed -> {
                    VectronException error = GrpcErrors.decode(failed);
                    assertThat(error == null ? null : error.code())
                            .as("%s", failed)
                            .isEqualTo(code);
                });
    }

    private static int freePort() throws IOException {
        return FreePort.any();
    }
}
