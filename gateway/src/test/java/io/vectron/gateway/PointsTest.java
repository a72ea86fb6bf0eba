package io.vectron.gateway;

import static io.vectron.gateway.Cluster.point;
import static io.vectron.gateway.Cluster.search;
import static io.vectron.gateway.Cluster.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import io.grpc.Deadline;
import io.grpc.Status;
import io.vectron.gateway.Cluster.Failure;
import io.vectron.gateway.config.GatewayLimits;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.write.LogAppend;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Value;
import io.vectron.proto.v1.AtLeast;
import io.vectron.proto.v1.DeleteRequest;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.GetResponse;
import io.vectron.proto.v1.PointToWrite;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.ScoredPoint;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.UpsertResponse;
import io.vectron.proto.v1.WriteResult;
import io.vectron.proto.v1.WriteToken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@SuppressWarnings("NullAway.Init")
class PointsTest {

    private Cluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new Cluster();
        cluster.create("films", 4, Metric.METRIC_EUCLIDEAN);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void findsWhatWasWrittenInAllShards() {
        PointToWrite[] points = new PointToWrite[50];
        for (int i = 0; i < points.length; i++) {
            points[i] = point("p" + i, i, 0);
        }
        UpsertResponse written = cluster.points().upsert(upsert("films", points));

        SearchResponse found =
                cluster.points()
                        .search(search("films", 10.1f, 0).setTopK(3).setWithVectors(true).build());

        assertThat(written.getResultsList()).hasSize(50).allMatch(WriteResult::hasToken);
        assertThat(found.getResultsList().stream().map(ScoredPoint::getId))
                .containsExactly("p10", "p11", "p9");
        assertThat(found.getResults(0).getPoint().getVectors(0).getF32().getValuesList())
                .containsExactly(10f, 0f);
        assertThat(found.getShardsAsked()).isEqualTo(4);
        assertThat(found.getShardsAnswered()).isEqualTo(4);
        assertThat(found.getPartial()).isFalse();
        assertThat(found.getFreshness().getWatermarksList()).hasSize(4);
        assertThat(found.getFreshness().hasFreshAsOf()).isTrue();
    }

    @Test
    void asksEachWorkerOnceForAllItsShards() {
        cluster.points().search(search("films", 1, 0).setEf(0).build());

        assertThat(cluster.first.searches()).hasSize(1);
        assertThat(cluster.second.searches()).hasSize(1);
        assertThat(cluster.first.searches().getFirst().getShardsList()).hasSize(2);
        assertThat(cluster.first.searches().getFirst().getEf()).isZero();
    }

    @Test
    void tokensNameThePlaceInTheLog() {
        UpsertResponse written =
                cluster.points().upsert(upsert("films", point("a", 1, 0), point("a", 2, 0)));

        WriteToken one = written.getResults(0).getToken();
        WriteToken two = written.getResults(1).getToken();
        assertThat(one.getTopicId()).isEqualTo(cluster.placement.record("films").getTopicId());
        assertThat(two.getPartition()).isEqualTo(one.getPartition());
        assertThat(two.getOffset()).as("order of one request").isEqualTo(one.getOffset() + 1);
        assertThat(get("a").getPoints(0).getVersion()).isEqualTo(two.getOffset());
    }

    @Test
    void readsByIdInTheOrderOfTheRequestAndOnlyTheShardsOfTheIds() {
        String here = cluster.idIn("films", 0);
        String there = cluster.idIn("films", 1);
        cluster.points().upsert(upsert("films", point(here, 1, 0), point(there, 2, 0)));

        GetResponse both = get(there, "missing", here, there);
        assertThat(both.getPointsList().stream().map(StoredPoint::getId))
                .containsExactly(there, here, there);

        int asked = cluster.second.gets().size();
        GetResponse one = get(here);
        assertThat(one.getFreshness().getWatermarksList()).hasSize(1);
        assertThat(one.getFreshness().hasFreshAsOf()).isTrue();
        assertThat(cluster.second.gets()).hasSize(asked);
    }

    @Test
    void deletesWithTombstones() {
        String id = cluster.idIn("films", 2);
        cluster.points().upsert(upsert("films", point(id, 1, 0)));
        WriteToken token =
                cluster.points()
                        .delete(
                                DeleteRequest.newBuilder()
                                        .setCollection("films")
                                        .addIds(id)
                                        .build())
                        .getResults(0)
                        .getToken();

        assertThat(get(id).getPointsList()).isEmpty();
        List<@Nullable LogAppend> records = cluster.log.read(partition(2));
        assertThat(records.get((int) token.getOffset()))
                .isEqualTo(new LogAppend(partition(2).topic(), 2, id, null));
    }

    @Test
    void aPointThatKafkaDoesNotAcknowledgeFailsByItself() {
        cluster.log.stall(partition(1));
        // Beneath gRPC, so that no stutter of the machine can end the call on the caller's side.
        UpsertResponse written =
                cluster.gateway
                        .points()
                        .upsert(
                                upsert(
                                        "films",
                                        point(cluster.idIn("films", 0), 1, 0),
                                        point(cluster.idIn("films", 1), 1, 0)),
                                Deadline.after(3, TimeUnit.SECONDS));
        assertThat(written.getResults(0).hasToken()).isTrue();
        assertThat(written.getResults(1).getFailure().getReason()).isEqualTo("LOG_UNAVAILABLE");
    }

    @Test
    void readsAtLeastAWriteOfAPlainProducer() throws Exception {
        String group = cluster.placement.group("films", 3);
        cluster.placement.worker("films", 3).hold(group, 0);
        String id = cluster.idIn("films", 3);
        long offset =
                cluster.log.produce(
                        new LogAppend(
                                partition(3).topic(),
                                3,
                                id,
                                point(id, 1, 0).getPoint().toByteString()));
        WriteToken token =
                WriteToken.newBuilder()
                        .setTopic(partition(3).topic())
                        .setPartition(3)
                        .setOffset(offset)
                        .build();

        CompletableFuture<SearchResponse> waiting =
                CompletableFuture.supplyAsync(() ->
                        cluster.points()
                                .search(search("films", 1, 0).setReadMode(atLeast(token)).build()));
        Cluster.await("the worker waits", () -> !cluster.second.searches().isEmpty());
        assertThat(waiting).isNotDone();
        cluster.placement.worker("films", 3).release(group);

        SearchResponse found = waiting.get(20, TimeUnit.SECONDS);
        assertThat(found.getResultsList().stream().map(ScoredPoint::getId)).containsExactly(id);
    }

    @Test
    void saysHowFarTheShardIsWhenItDoesNotBecomeFreshInTime() {
        String id = cluster.idIn("films", 1);
        WriteToken token =
                cluster.points().upsert(upsert("films", point(id, 1, 0))).getResults(0).getToken();
        cluster.placement.worker("films", 1).hold(cluster.placement.group("films", 1), 0);

        Failure search =
                Failure.of(() ->
                        cluster.points(Duration.ofSeconds(3))
                                .search(search("films", 1, 0).setReadMode(atLeast(token)).build()));
        Failure get =
                Failure.of(() ->
                        cluster.points(Duration.ofSeconds(3))
                                .get(
                                        GetRequest.newBuilder()
                                                .setCollection("films")
                                                .addIds(id)
                                                .setReadMode(atLeast(token))
                                                .build()));

        for (Failure failure : List.of(search, get)) {
            assertThat(failure.reason()).isEqualTo("FRESHNESS_TIMEOUT");
            assertThat(failure.status()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(failure.metadata())
                    .containsEntry("watermark.1", "0")
                    .containsEntry("wanted.1", "1");
        }
    }

    @Test
    void freshAsOfIsNeverAheadAndSoonPassesAWrite() throws Exception {
        cluster.points().upsert(upsert("films", point("a", 1, 0)));
        Instant written = Instant.now();
        Cluster.await(
                "an answer says that it includes the write",
                () -> {
                    Instant freshAsOf = freshAsOf();
                    assertThat(freshAsOf).isBeforeOrEqualTo(Instant.now());
                    return freshAsOf.isAfter(written);
                });
    }

    @Test
    void freshAsOfStaysBehindWhatAShardLacks() throws Exception {
        String group = cluster.placement.group("films", 1);
        cluster.placement.worker("films", 1).hold(group, 0);
        // A look that saw the empty log, so that there is a time to stay at.
        freshAsOf();
        cluster.points().upsert(upsert("films", point(cluster.idIn("films", 1), 1, 0)));
        Instant written = Instant.now();
        int looks = cluster.log.endsAsked();
        Cluster.await(
                "the end is looked at again",
                () -> {
                    assertThat(freshAsOf()).isBefore(written);
                    return cluster.log.endsAsked() > looks + 3;
                });
        cluster.placement.worker("films", 1).release(group);
        Cluster.await("the shard caught up", () -> freshAsOf().isAfter(written));
    }

    private Instant freshAsOf() {
        Timestamp time =
                cluster.points()
                        .search(search("films", 1, 0).build())
                        .getFreshness()
                        .getFreshAsOf();
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    @Test
    void refusesMoreRequestsThanItsLimit() throws Exception {
        PointToWrite[] one = {point("a", 1, 0)};
        overload(new GatewayLimits(1, 8 << 20), one, "too many requests");
    }

    @Test
    void refusesMoreBytesThanItsLimit() throws Exception {
        overload(new GatewayLimits(10, 8 << 20), large(), "too many bytes");
    }

    /** While a first request waits for Kafka a second one is refused; then it is served. */
    private static void overload(GatewayLimits limits, PointToWrite[] points, String message)
            throws Exception {
        try (Cluster small = new Cluster(limits)) {
            small.create("films", 1, Metric.METRIC_COSINE);
            LogPartition only =
                    new LogPartition(small.placement.record("films").getFacts().getTopic(), 0);
            small.log.stall(only);
            CompletableFuture<UpsertResponse> first =
                    CompletableFuture.supplyAsync(
                            () -> small.points().upsert(upsert("films", points)));
            Cluster.await("the first waits for Kafka", () -> small.log.waiting() == 1);

            assertThatThrownBy(() -> small.points().upsert(upsert("films", points)))
                    .hasMessageContaining(message)
                    .hasMessageStartingWith("RESOURCE_EXHAUSTED");

            small.log.resume(only);
            assertThat(first.get(20, TimeUnit.SECONDS).getResultsList())
                    .allMatch(WriteResult::hasToken);
            assertThat(small.points().upsert(upsert("films", points)).getResultsList())
                    .allMatch(WriteResult::hasToken);
        }
    }

    /** Over four MiB, in points that are small enough each. */
    private static PointToWrite[] large() {
        PointToWrite[] points = new PointToWrite[80];
        Payload payload =
                Payload.newBuilder()
                        .addFields(
                                Field.newBuilder()
                                        .setKey("k")
                                        .setValue(
                                                Value.newBuilder()
                                                        .setStringValue("x".repeat(60_000))))
                        .build();
        for (int i = 0; i < points.length; i++) {
            PointToWrite.Builder point = point("large-" + i, 1, 0).toBuilder();
            point.getPointBuilder().setPayload(payload);
            points[i] = point.build();
        }
        return points;
    }

    private LogPartition partition(int shard) {
        return new LogPartition(cluster.placement.record("films").getFacts().getTopic(), shard);
    }

    private GetResponse get(String... ids) {
        return cluster.points()
                .get(
                        GetRequest.newBuilder()
                                .setCollection("films")
                                .addAllIds(List.of(ids))
                                .build());
    }

    static ReadMode atLeast(WriteToken... tokens) {
        return ReadMode.newBuilder()
                .setAtLeast(AtLeast.newBuilder().addAllTokens(List.of(tokens)))
                .build();
    }
}
