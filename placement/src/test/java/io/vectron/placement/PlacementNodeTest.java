package io.vectron.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.common.rpc.FreePort;
import io.vectron.placement.config.KafkaSettings;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.placement.config.PlacementLimits;
import io.vectron.placement.config.PlanSettings;
import io.vectron.placement.fake.FakeKafka;
import io.vectron.placement.fake.FakeWorkers;
import io.vectron.placement.model.Failure;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.placement.v1.CreateCollectionRequest;
import io.vectron.proto.placement.v1.CreateCollectionResponse;
import io.vectron.proto.placement.v1.DeleteCollectionRequest;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.RegisterWorkerRequest;
import io.vectron.proto.placement.v1.View;
import io.vectron.proto.placement.v1.WatchViewRequest;
import io.vectron.proto.placement.v1.WatchViewResponse;
import io.vectron.proto.placement.v1.Worker;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole node over gRPC, with a real Raft group in a folder; Kafka and the workers are fakes. */
@Timeout(60)
final class PlacementNodeTest {
    private static final String HOST = "127.0.0.1";
    private static final Address FIRST = new Address(HOST, 7101);
    private static final Address SECOND = new Address(HOST, 7102);
    private static final PlanSettings QUICK =
            new PlanSettings(
                    Duration.ofMillis(5),
                    Duration.ofMillis(5),
                    Duration.ofMillis(50),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(20),
                    8);

    @TempDir Path folder;

    private final FakeKafka kafka = new FakeKafka();
    private final FakeWorkers workers = new FakeWorkers();
    private final Channels channels = new Channels();
    private PlacementConfig config;
    private PlacementNode node;

    @BeforeEach
    void start() throws IOException {
        config =
                PlacementConfig.single(folder, HOST, 0, freePort(), KafkaSettings.at("fake:9092"))
                        .withPlans(QUICK);
        startNode();
    }

    @AfterEach
    void stop() {
        channels.close();
        node.close();
    }

    @Test
    void createsACollectionAndWaitsUntilItIsReady() {
        register("worker-1", FIRST.port());
        CreateCollectionResponse created = api().createCollection(collection("words", 3));

        CatalogRecord record = created.getCollection().getRecord();
        assertThat(record.getState()).isEqualTo(CollectionState.COLLECTION_STATE_READY);
        assertThat(record.getTopicId()).isNotEmpty();
        assertThat(kafka.topics())
                .containsEntry(
                        record.getFacts().getTopic(), new FakeKafka.Topic(record.getTopicId(), 3));
        assertThat(record.getFacts().getCreatedAtMs()).isPositive();
        assertThat(workers.on(FIRST)).hasSize(3);
        assertThat(kafka.topics())
                .containsKeys(record.getFacts().getTopic(), record.getFacts().getDeadLetterTopic());
        assertThat(kafka.catalogue()).containsEntry(record.getFacts().getId(), record);
        assertThat(view().getCollections(0).getRecord()).isEqualTo(record);
        assertThat(view().getVersion()).isGreaterThanOrEqualTo(created.getViewVersion());
    }

    @Test
    void tellsEachOfThreeWorkersOfAllMembersOfAShard() {
        for (int worker = 1; worker <= 3; worker++) {
            register("worker-" + worker, 7100 + worker);
        }
        CatalogRecord record =
                api().createCollection(replicated("words", 3)).getCollection().getRecord();

        assertThat(record.getFacts().getReplicationFactor()).isEqualTo(3);
        assertThat(record.getGenerations(0).getShards(0).getMembersList())
                .containsExactly("worker-1", "worker-2", "worker-3");
        for (int worker = 1; worker <= 3; worker++) {
            assertThat(workers.on(new Address(HOST, 7100 + worker)).values())
                    .singleElement()
                    .satisfies(replica ->
                            assertThat(replica.getMembersList())
                                    .extracting(Member::getWorker)
                                    .containsExactly("worker-1", "worker-2", "worker-3"));
        }
    }

    @Test
    void deletesACollectionAndWaitsUntilItIsGone() {
        register("worker-1", FIRST.port());
        CatalogRecord record =
                api().createCollection(collection("words", 2)).getCollection().getRecord();
        long version = api().deleteCollection(named("words")).getViewVersion();

        assertThat(workers.count()).isZero();
        assertThat(kafka.catalogue()).isEmpty();
        assertThat(kafka.history())
                .containsExactly(
                        "COLLECTION_STATE_CREATING",
                        "COLLECTION_STATE_READY",
                        "COLLECTION_STATE_DELETING",
                        "gone");
        // Dead letters stay for the time of their retention.
        assertThat(kafka.topics()).containsOnlyKeys(record.getFacts().getDeadLetterTopic());
        assertThat(view().getCollectionsList()).isEmpty();
        assertThat(view().getVersion()).isGreaterThanOrEqualTo(version);
        assertCode(ErrorCode.COLLECTION_NOT_FOUND, () -> api().deleteCollection(named("words")));
        // The name is free again, under another topic.
        CatalogRecord again =
                api().createCollection(collection("words", 2)).getCollection().getRecord();
        assertThat(again.getFacts().getTopic()).isNotEqualTo(record.getFacts().getTopic());
    }

    @Test
    void refusesWhatCannotBe() {
        assertCode(ErrorCode.NO_WORKERS, () -> api().createCollection(collection("words", 1)));
        assertThat(kafka.history()).isEmpty();
        register("worker-1", FIRST.port());
        api().createCollection(collection("words", 1));
        assertCode(
                ErrorCode.COLLECTION_EXISTS, () -> api().createCollection(collection("words", 1)));
        assertCode(
                ErrorCode.INVALID_COLLECTION_NAME,
                () -> api().createCollection(collection("No Name", 1)));
        assertCode(
                ErrorCode.INVALID_SHARD_COUNT,
                () -> api().createCollection(collection("many", 1025)));
        assertCode(
                ErrorCode.INVALID_REPLICATION_FACTOR,
                () -> api().createCollection(replicated("even", 2)));
        assertCode(
                ErrorCode.CAPACITY_EXHAUSTED, () -> api().createCollection(replicated("three", 3)));
        assertCode(
                ErrorCode.INVALID_REQUEST,
                () ->
                        api().createCollection(
                                        collection("words", 1).toBuilder().setTenant("?").build()));
        assertCode(ErrorCode.INVALID_REQUEST, () -> register("worker 2", 7102));
        assertCode(ErrorCode.INVALID_REQUEST, () -> register("worker-2", 0));
        assertThat(view().getCollectionsCount()).isEqualTo(1);
        // Names are unique within a tenant only.
        api().createCollection(collection("words", 1).toBuilder().setTenant("other").build());
    }

    @Test
    void givesACreationUpThatKafkaRefusesAndTakesItDownAgain() throws Exception {
        register("worker-1", FIRST.port());
        kafka.refuseTopics("replication factor 3 with 1 broker");
        assertCode(ErrorCode.TOPIC_REFUSED, () -> api().createCollection(collection("words", 1)));

        assertThat(kafka.catalogue()).isEmpty();
        assertThat(kafka.topics()).isEmpty();
        assertThat(view().getCollectionsList()).isEmpty();
        kafka.refuseTopics(null);
        api().createCollection(collection("words", 1));
    }

    @Test
    void goesOnWithACreationWhenItsCallerHasLeft() throws Exception {
        register("worker-1", FIRST.port());
        workers.kill(FIRST);
        assertThatThrownBy(() ->
                        api().withDeadlineAfter(3, TimeUnit.SECONDS)
                                .createCollection(collection("words", 1)))
                .hasMessageContaining("DEADLINE_EXCEEDED");
        assertCode(
                ErrorCode.COLLECTION_EXISTS, () -> api().createCollection(collection("words", 1)));
        workers.revive(FIRST);
        awaitState("words", CollectionState.COLLECTION_STATE_READY);
    }

    @Test
    void aDeadWorkerOfOneCollectionHoldsUpNoOther() {
        register("worker-1", FIRST.port());
        register("worker-2", 7102);
        workers.kill(FIRST);
        // More plans that cannot go on than actions may be under way at a time.
        for (int i = 0; i < QUICK.actionsAtOnce() + 2; i++) {
            CreateCollectionRequest stuck = collection("stuck-" + i, 2);
            assertThatThrownBy(() ->
                            api().withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                                    .createCollection(stuck))
                    .hasMessageContaining("DEADLINE_EXCEEDED");
        }
        register("worker-3", 7103);
        api().createCollection(collection("free", 1));
    }

    @Test
    void keepsEverythingOverARestart() throws Exception {
        register("worker-1", FIRST.port());
        CatalogRecord ready =
                api().createCollection(collection("ready", 2)).getCollection().getRecord();
        kafka.outage("Kafka is away");
        assertThatThrownBy(() ->
                        api().withDeadlineAfter(3, TimeUnit.SECONDS)
                                .createCollection(collection("half", 1)))
                .hasMessageContaining("DEADLINE_EXCEEDED");
        assertCode(
                ErrorCode.COLLECTION_EXISTS, () -> api().createCollection(collection("half", 1)));
        View before = view();
        node.close();
        startNode();

        assertThat(view().getWorkersList()).isEqualTo(before.getWorkersList());
        assertThat(view().getVersion()).isEqualTo(before.getVersion());
        assertThat(view().getCollectionsList()).isEqualTo(before.getCollectionsList());
        kafka.outage(null);
        awaitState("half", CollectionState.COLLECTION_STATE_READY);
        assertThat(find(view(), "ready")).isEqualTo(ready);
    }

    @Test
    void givesAWorkerThatForgotEverythingItsReplicasBack() throws Exception {
        register("worker-1", FIRST.port());
        register("worker-2", SECOND.port());
        api().createCollection(collection("words", 4));
        api().createCollection(collection("gone", 2));
        api().deleteCollection(named("gone"));
        Map<String, AddReplicaRequest> before = workers.on(FIRST);
        assertThat(before).hasSize(2);
        int others = workers.calls(SECOND);

        workers.forget(FIRST);
        register("worker-1", FIRST.port());
        workers.await(() -> workers.on(FIRST).equals(before));
        assertThat(workers.calls(SECOND)).isEqualTo(others);

        // Nor does it take the same node.
        node.close();
        startNode();
        workers.forget(FIRST);
        register("worker-1", FIRST.port());
        workers.await(() -> workers.on(FIRST).equals(before));
        assertThat(workers.calls(SECOND)).isEqualTo(others);
    }

    @Test
    void triesAgainToGiveReplicasBack() throws Exception {
        register("worker-1", FIRST.port());
        api().createCollection(collection("words", 3));
        Map<String, AddReplicaRequest> before = workers.on(FIRST);
        int calls = workers.calls(FIRST);
        workers.forget(FIRST);
        workers.refuse(new Failure("CAPACITY_EXHAUSTED", "", "no room"));
        register("worker-1", FIRST.port());
        workers.await(() -> workers.calls(FIRST) >= calls + 2 * before.size());
        assertThat(workers.on(FIRST)).isEmpty();

        workers.refuse(null);
        workers.await(() -> workers.on(FIRST).equals(before));
    }

    @Test
    void aNewerRegistrationEndsWhatAnOlderOneWaitsFor() throws Exception {
        register("worker-1", FIRST.port());
        api().createCollection(collection("words", QUICK.actionsAtOnce() + 2));
        int replicas = workers.on(FIRST).size();
        int calls = workers.calls(FIRST);
        workers.forget(FIRST);
        workers.hang(FIRST);
        register("worker-1", FIRST.port());
        workers.await(() -> workers.calls(FIRST) == calls + QUICK.actionsAtOnce());
        // All places are taken, but not those of plans.
        register("worker-2", SECOND.port());
        api().createCollection(collection("free", 1));
        assertThat(workers.calls(SECOND)).isEqualTo(1);

        register("worker-1", 7103);
        workers.await(() -> workers.on(new Address(HOST, 7103)).size() == replicas);
        assertThat(workers.calls(FIRST)).isEqualTo(calls + QUICK.actionsAtOnce());
        assertThat(workers.on(FIRST)).isEmpty();
        assertThat(workers.calls(SECOND)).isEqualTo(1);
    }

    @Test
    void takesBackAReplicaThatItsDeletionOvertook() throws Exception {
        register("worker-1", FIRST.port());
        api().createCollection(collection("words", 1));
        int calls = workers.calls(FIRST);
        workers.forget(FIRST);
        workers.hang(FIRST);
        register("worker-1", FIRST.port());
        workers.await(() -> workers.calls(FIRST) == calls + 1);
        api().deleteCollection(named("words"));
        assertThat(workers.removals(FIRST)).isEqualTo(1);

        workers.release(FIRST);
        workers.await(() -> workers.removals(FIRST) == 2);
        assertThat(workers.on(FIRST)).isEmpty();
    }

    @Test
    void refusesASecondNodeOnTheSameFolder() throws Exception {
        try (PlacementNode second = new PlacementNode(config, outside())) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(folder.toString());
        }
        register("worker-1", FIRST.port()); // the first is unharmed
    }

    @Test
    void limitsCollectionsWorkersReplicasAndWatchers() throws Exception {
        node.close();
        config = config.withLimits(new PlacementLimits(2, 4, 2, 2, 10, 1, 10));
        startNode();
        register("worker-1", FIRST.port());
        assertCode(
                ErrorCode.CAPACITY_EXHAUSTED,
                () -> api().createCollection(collection("wide", 3))); // two a worker
        register("worker-2", 7102);
        register("worker-2", 7102);
        assertCode(ErrorCode.CAPACITY_EXHAUSTED, () -> register("worker-3", 7103));
        assertCode(
                ErrorCode.CAPACITY_EXHAUSTED,
                () -> api().createCollection(collection("wide", 5))); // four in all
        api().createCollection(collection("one", 1));
        api().createCollection(collection("two", 1));
        assertCode(
                ErrorCode.CAPACITY_EXHAUSTED, () -> api().createCollection(collection("three", 1)));

        Iterator<WatchViewResponse> watching =
                api().watchView(WatchViewRequest.getDefaultInstance());
        assertThat(watching.next().getView().getCollectionsCount()).isEqualTo(2);
        assertCode(ErrorCode.OVERLOADED, this::view);
    }

    @Test
    void sendsEachChangeToWatchers() {
        Iterator<WatchViewResponse> watching =
                api().watchView(WatchViewRequest.getDefaultInstance());
        View first = watching.next().getView();
        assertThat(first.getWorkersList()).isEmpty();
        register("worker-1", FIRST.port());
        View second = watching.next().getView();
        assertThat(second.getWorkersList()).extracting(Worker::getId).containsExactly("worker-1");
        assertThat(second.getVersion()).isGreaterThan(first.getVersion());
        api().createCollection(collection("words", 1));
        View last = second;
        while (last.getCollectionsCount() == 0
                || last.getCollections(0).getRecord().getState()
                        != CollectionState.COLLECTION_STATE_READY) {
            View next = watching.next().getView();
            assertThat(next.getVersion()).isGreaterThan(last.getVersion());
            last = next;
        }
        node.close();
        assertCode(ErrorCode.SHUTTING_DOWN, watching::next);
    }

    private void startNode() throws IOException {
        node = new PlacementNode(config, outside());
        node.start();
    }

    private Outside outside() {
        return new Outside(
                kafka.admin(point -> {}),
                kafka.catalogue(point -> {}),
                workers.client(point -> {}));
    }

    private PlacementServiceGrpc.PlacementServiceBlockingStub api() {
        return PlacementServiceGrpc.newBlockingStub(channels.to(new Address(HOST, node.port())))
                .withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private void register(String id, int port) {
        Worker worker =
                Worker.newBuilder()
                        .setId(id)
                        .setHost(HOST)
                        .setPort(port)
                        .setRaftPort(port + 50)
                        .build();
        api().registerWorker(RegisterWorkerRequest.newBuilder().setWorker(worker).build());
    }

    private View view() {
        Iterator<WatchViewResponse> views =
                api().withDeadlineAfter(5, TimeUnit.SECONDS)
                        .watchView(WatchViewRequest.getDefaultInstance());
        return views.next().getView();
    }

    private void awaitState(String name, CollectionState state) {
        Iterator<WatchViewResponse> views = api().watchView(WatchViewRequest.getDefaultInstance());
        while (find(views.next().getView(), name).getState() != state) {
            // the stream's deadline ends the wait
        }
    }

    private static CatalogRecord find(View view, String name) {
        return view.getCollectionsList().stream()
                .map(placed -> placed.getRecord())
                .filter(record -> record.getFacts().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static CreateCollectionRequest collection(String name, int shards) {
        return CreateCollectionRequest.newBuilder()
                .setName(name)
                .setShards(shards)
                .addVectors(VectorSpec.newBuilder().setDimension(4).setMetric(Metric.METRIC_COSINE))
                .build();
    }

    private static CreateCollectionRequest replicated(String name, int factor) {
        return collection(name, 1).toBuilder().setReplicationFactor(factor).build();
    }

    private static DeleteCollectionRequest named(String name) {
        return DeleteCollectionRequest.newBuilder().setName(name).build();
    }

    private static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failed -> {
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
