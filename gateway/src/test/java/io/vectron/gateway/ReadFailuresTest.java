package io.vectron.gateway;

import static io.vectron.gateway.Cluster.point;
import static io.vectron.gateway.Cluster.search;
import static io.vectron.gateway.Cluster.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.grpc.Status;
import io.vectron.gateway.Cluster.Failure;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.UpsertResponse;
import io.vectron.proto.v1.Watermark;
import io.vectron.proto.v1.WriteResult;
import io.vectron.proto.v1.WriteToken;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What readers see when workers are away, slow or moved. Shards 0 and 2 live on the first. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class ReadFailuresTest {

    private Cluster cluster;
    private List<WriteToken> tokens;

    @BeforeEach
    void start() throws Exception {
        cluster = new Cluster();
        cluster.create("films", 4, Metric.METRIC_EUCLIDEAN);
        UpsertResponse written =
                cluster.points()
                        .upsert(
                                upsert(
                                        "films",
                                        point(cluster.idIn("films", 0), 0, 0),
                                        point(cluster.idIn("films", 1), 1, 0),
                                        point(cluster.idIn("films", 2), 2, 0),
                                        point(cluster.idIn("films", 3), 3, 0)));
        tokens = written.getResultsList().stream().map(WriteResult::getToken).toList();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void anAnswerWithoutAWorkerIsPartialAndHasNoTime() {
        cluster.second.close();
        SearchResponse found = cluster.points().search(search("films", 0, 0).build());

        assertThat(found.getPartial()).isTrue();
        assertThat(found.getShardsAsked()).isEqualTo(4);
        assertThat(found.getShardsAnswered()).isEqualTo(2);
        assertThat(found.getResultsList()).hasSize(2);
        assertThat(found.getFreshness().getWatermarksList())
                .extracting(Watermark::getShard)
                .containsExactly(0, 2);
        assertThat(found.getFreshness().hasFreshAsOf()).isFalse();
    }

    @Test
    void aWorkerThatHangsCostsThePartOfTheAnswerOnly() {
        cluster.second.hang();
        SearchResponse found =
                cluster.gateway
                        .points()
                        .search(search("films", 0, 0).build(), Deadline.after(4, TimeUnit.SECONDS));
        assertThat(found.getPartial()).isTrue();
        assertThat(found.getShardsAnswered()).isEqualTo(2);
    }

    @Test
    void withoutAnyWorkerThereIsNoAnswer() {
        cluster.first.close();
        cluster.second.close();
        Failure failure = Failure.of(() -> cluster.points().search(search("films", 0, 0).build()));
        assertThat(failure.reason()).isEqualTo("SHARD_UNAVAILABLE");
        assertThat(failure.status()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void aPartialAnswerDoesNotStandForAWriteAskedFor() {
        cluster.second.close();
        Failure failure = Failure.of(() -> atLeast(1));
        assertThat(failure.reason()).isEqualTo("SHARD_UNAVAILABLE");
        assertThat(failure.metadata()).containsEntry("shard", "1");

        assertThat(atLeast(2).getPartial()).as("a token of a shard that answers").isTrue();
    }

    @Test
    void aGetWithoutItsShardFails() {
        cluster.second.close();
        Failure failure =
                Failure.of(() ->
                        cluster.points()
                                .get(
                                        GetRequest.newBuilder()
                                                .setCollection("films")
                                                .addIds(cluster.idIn("films", 0))
                                                .addIds(cluster.idIn("films", 1))
                                                .build()));
        assertThat(failure.reason()).isEqualTo("SHARD_UNAVAILABLE");
    }

    @Test
    void asksAgainWhereNewerRoutesSay() {
        // The shard has moved, but the gateway has not heard of it yet: it hears while it asks.
        cluster.placement.mute();
        cluster.placement.place("films", 1, List.of("worker-1"));
        cluster.second.remove(cluster.placement.group("films", 1));
        cluster.second.beforeSearch(cluster.placement::unmute);

        SearchResponse found = cluster.points().search(search("films", 0, 0).build());

        assertThat(found.getPartial()).isFalse();
        assertThat(found.getShardsAnswered()).isEqualTo(4);
        assertThat(found.getResultsList()).hasSize(4);
    }

    @Test
    void asksAnotherReplicaWhenOneIsAway() throws Exception {
        cluster.placement.place("films", 1, List.of("worker-2", "worker-1"));
        cluster.placement.place("films", 3, List.of("worker-2", "worker-1"));
        Cluster.await(
                "both replicas are asked in turn",
                () -> {
                    int before = cluster.first.searches().size();
                    cluster.points().search(search("films", 0, 0).build());
                    return cluster.first.searches().size() > before
                            && cluster.first.searches().getLast().getShardsCount() == 4;
                });
        cluster.second.close();
        for (int i = 0; i < 4; i++) {
            assertThat(cluster.points().search(search("films", 0, 0).build()).getPartial())
                    .isFalse();
        }
    }

    @Test
    void asksAnotherReplicaWhenOneIsSilent() throws Exception {
        everywhere();
        int before = cluster.second.searches().size();
        cluster.second.hang();
        for (int i = 0; i < 6; i++) {
            SearchResponse found = cluster.points().search(search("films", 0, 0).build());
            assertThat(found.getShardsAnswered()).isEqualTo(4);
        }
        // Whoever was silent is asked last for a while: not every search waits for it.
        assertThat(cluster.second.searches()).hasSizeLessThan(before + 3);
        assertThat(
                        cluster.points()
                                .get(
                                        GetRequest.newBuilder()
                                                .setCollection("films")
                                                .addIds(cluster.idIn("films", 0))
                                                .addIds(cluster.idIn("films", 1))
                                                .build())
                                .getPointsCount())
                .isEqualTo(2);
    }

    @Test
    void aReplicaThatLagsIsJoinedByOneThatIsFresh() throws Exception {
        everywhere();
        for (int shard = 0; shard < 4; shard++) {
            cluster.second.hold(cluster.placement.group("films", shard), 0);
        }
        for (int i = 0; i < 4; i++) {
            assertThat(atLeast(1).getShardsAnswered()).isEqualTo(4);
        }
    }

    @Test
    void asksAnotherReplicaWhenOneLacksTheShard() throws Exception {
        everywhere();
        cluster.second.remove(cluster.placement.group("films", 1));
        for (int i = 0; i < 4; i++) {
            assertThat(cluster.points().search(search("films", 0, 0).build()).getPartial())
                    .isFalse();
        }
    }

    /** Gives each worker a replica of each shard. */
    private void everywhere() throws Exception {
        for (int shard = 0; shard < 4; shard++) {
            cluster.placement.place("films", shard, List.of("worker-2", "worker-1"));
        }
        Cluster.await(
                "both replicas are asked in turn",
                () -> {
                    int before = cluster.first.searches().size();
                    cluster.points().search(search("films", 0, 0).build());
                    return cluster.first.searches().size() > before
                            && cluster.first.searches().getLast().getShardsCount() == 4;
                });
    }

    @Test
    void aShardThatNobodyHoldsIsMissing() {
        cluster.second.remove(cluster.placement.group("films", 3));
        SearchResponse found = cluster.points().search(search("films", 0, 0).build());
        assertThat(found.getPartial()).isTrue();
        assertThat(found.getShardsAnswered()).isEqualTo(3);
        assertThat(cluster.second.searches()).as("asked once more").hasSize(2);
    }

    @Test
    void aWorkerThatRefusesAValidatedQueryIsADefect() {
        cluster.first.refuse("no such metric");
        Failure failure = Failure.of(() -> cluster.points().search(search("films", 0, 0).build()));
        assertThat(failure.reason()).isEqualTo("INTERNAL");
        assertThat(failure.metadata()).containsEntry("blame", "US");
    }

    @Test
    void anAnswerThatIsTooLargeIsTheCallersToMend() {
        cluster.first.inflate(1_000_000);
        Failure failure = Failure.of(() -> cluster.points().search(search("films", 0, 0).build()));
        assertThat(failure.reason()).isEqualTo("INVALID_REQUEST");
    }

    private SearchResponse atLeast(int shard) {
        return cluster.points()
                .search(
                        search("films", 0, 0)
                                .setReadMode(PointsTest.atLeast(tokens.get(shard)))
                                .build());
    }
}
