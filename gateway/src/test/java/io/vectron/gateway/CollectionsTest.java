package io.vectron.gateway;

import static io.vectron.gateway.Cluster.point;
import static io.vectron.gateway.Cluster.search;
import static io.vectron.gateway.Cluster.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.vectron.common.manage.ManagementConfig;
import io.vectron.common.rpc.Address;
import io.vectron.gateway.Cluster.Failure;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.config.FreshnessConfig;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.gateway.config.GatewayLimits;
import io.vectron.gateway.config.KafkaConfig;
import io.vectron.gateway.config.LookupLimits;
import io.vectron.gateway.config.RestConfig;
import io.vectron.gateway.fake.InMemoryLog;
import io.vectron.gateway.fresh.GatewayClock;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.DeleteCollectionRequest;
import io.vectron.proto.v1.DescribeCollectionRequest;
import io.vectron.proto.v1.ListCollectionsRequest;
import io.vectron.proto.v1.ShardStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@SuppressWarnings("NullAway.Init")
class CollectionsTest {

    private Cluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new Cluster();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aCollectionCanBeUsedAsSoonAsItIsCreated() {
        for (int i = 0; i < 20; i++) {
            cluster.create("films-" + i, 2, Metric.METRIC_DOT);
            cluster.points().upsert(upsert("films-" + i, point("a", 1, 0)));
            assertThat(
                            cluster.points()
                                    .search(search("films-" + i, 1, 0).build())
                                    .getResultsCount())
                    .isEqualTo(1);
        }
    }

    @Test
    void describesWhatTheWorkersReportAndWhereTheLogEnds() throws Exception {
        cluster.create("films", 2, Metric.METRIC_COSINE);
        String id = cluster.idIn("films", 1);
        cluster.points().upsert(upsert("films", point(id, 1, 0), point(id, 0, 1)));

        Cluster.await("the end is seen", () -> describe("films").getShards(1).getLogEnd() == 2);

        Collection films = describe("films");

        assertThat(films.getState()).isEqualTo(CollectionState.COLLECTION_STATE_READY);
        assertThat(films.getFacts().getName()).isEqualTo("films");
        assertThat(films.getTopicId()).isNotEmpty();
        assertThat(films.getPoints()).isEqualTo(1);
        assertThat(films.getShards(1))
                .isEqualTo(
                        ShardStatus.newBuilder()
                                .setShard(1)
                                .setAnswered(true)
                                .setPosition(2)
                                .setLogEnd(2)
                                .setPoints(1)
                                .setGraphPoints(1)
                                .setDigest("00")
                                .setEpoch(1)
                                .setWorker("worker-2")
                                .build());
    }

    @Test
    void saysWhichShardsDidNotAnswer() {
        cluster.create("films", 2, Metric.METRIC_COSINE);
        cluster.second.close();

        Collection films = describe("films");

        assertThat(films.getShards(0).getAnswered()).isTrue();
        assertThat(films.getShards(1))
                .isEqualTo(ShardStatus.newBuilder().setShard(1).setLogEnd(0).build());
    }

    @Test
    void aWorkerThatHangsDoesNotHoldUpTheDescription() {
        cluster.create("films", 2, Metric.METRIC_COSINE);
        cluster.second.hang();
        assertThat(describe("films").getShards(0).getAnswered()).isTrue();
        assertThat(describe("films").getShards(1).getAnswered()).isFalse();
    }

    @Test
    void listsByName() {
        cluster.create("b", 1, Metric.METRIC_COSINE);
        cluster.create("a", 3, Metric.METRIC_COSINE);
        List<Collection> all =
                cluster.collections()
                        .listCollections(ListCollectionsRequest.getDefaultInstance())
                        .getCollectionsList();
        assertThat(all).extracting(one -> one.getFacts().getName()).containsExactly("a", "b");
        assertThat(all.getFirst().getShardsList())
                .hasSize(3)
                .allMatch(ShardStatus::getAnswered)
                .allMatch(shard -> shard.getLogEnd() == 0);
    }

    @Test
    void aDeletedCollectionIsGoneAtOnce() {
        cluster.create("films", 1, Metric.METRIC_COSINE);
        cluster.collections()
                .deleteCollection(DeleteCollectionRequest.newBuilder().setName("films").build());
        Failure failure = Failure.of(() -> describe("films"));
        assertThat(failure.reason()).isEqualTo("COLLECTION_NOT_FOUND");
    }

    @Test
    void placementThatIsAwayIsNamed() {
        cluster.create("films", 1, Metric.METRIC_COSINE);
        cluster.placement.close();
        Failure failure = Failure.of(() -> cluster.create("new", 1, Metric.METRIC_COSINE));
        assertThat(failure.reason()).isEqualTo("PLACEMENT_UNAVAILABLE");
        assertThat(describe("films").getFacts().getName()).as("the view stays").isEqualTo("films");
    }

    @Test
    void followsTheViewAgainAfterTheStreamBreaks() throws Exception {
        cluster.create("films", 1, Metric.METRIC_COSINE);
        cluster.placement.breakStreams();
        cluster.placement.state("films", CollectionState.COLLECTION_STATE_DELETING);
        Cluster.await(
                "the gateway sees the new state",
                () -> describe("films").getState() == CollectionState.COLLECTION_STATE_DELETING);
        assertThat(cluster.placement.watchers()).isEqualTo(1);
    }

    @Test
    void saysThatItServesUntilItStops() {
        HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(cluster.channel);
        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void doesNotStartWithoutPlacement() {
        Deadlines hasty =
                new Deadlines(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(500),
                        Duration.ofMillis(50));
        InMemoryLog log = new InMemoryLog();
        GatewayConfig config =
                new GatewayConfig(
                        "127.0.0.1",
                        0,
                        RestConfig.at(0),
                        new KafkaConfig("127.0.0.1:1", Map.of()),
                        new Address("127.0.0.1", 1),
                        hasty,
                        GatewayLimits.DEFAULT,
                        LookupLimits.DEFAULT,
                        FreshnessConfig.DEFAULT,
                        ManagementConfig.on(0),
                        false);
        try (Gateway gateway = new Gateway(config, log, log, log, GatewayClock.SYSTEM)) {
            assertThatThrownBy(gateway::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("placement");
        }
    }

    private Collection describe(String name) {
        return cluster.collections()
                .describeCollection(DescribeCollectionRequest.newBuilder().setName(name).build())
                .getCollection();
    }
}
