package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.DeleteCollectionRequest;
import io.vectron.proto.v1.ListCollectionsRequest;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.ShardStatus;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.WriteToken;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A point's way from a producer to an answer. */
@SuppressWarnings("NullAway.Init")
class WritePathIT {
    private static final int SHARDS = 3;

    @TempDir static Path folder;

    private static SystemFixture system;
    private static Client client;

    @BeforeAll
    static void start() throws Exception {
        system = SystemFixture.start(folder.resolve("data"));
        client = system.client();
    }

    @AfterAll
    static void stop() throws Exception {
        system.close();
    }

    @Test
    void aSearchFindsWhatItsTokensName() {
        client.create("tokens", 2, Metric.METRIC_EUCLIDEAN, SHARDS);
        Map<String, WriteToken> tokens = client.upsert("tokens", onALine("p", 60));

        SearchResponse found = client.search("tokens", 60, tokens.values(), 0, 0);

        assertThat(Client.ids(found)).containsExactlyElementsOf(onALine("p", 60).keySet());
        assertThat(found.getResults(7).getDistance()).isEqualTo(7);
        assertThat(found.getResults(7).getScore()).isEqualTo(1 / 8f);
        assertThat(found.getResults(7).getPoint().getPayload().getFields(0).getValue())
                .isEqualTo(Points.withText("7").getPayload().getFields(0).getValue());
        assertThat(found.getShardsAsked()).isEqualTo(SHARDS);
        assertThat(found.getShardsAnswered()).isEqualTo(SHARDS);
        assertThat(found.getPartial()).isFalse();
        assertThat(found.getFreshness().getWatermarksCount()).isEqualTo(SHARDS);
        Map<Integer, Long> watermarks = Client.watermarks(found);
        for (WriteToken token : tokens.values()) {
            assertThat(watermarks.get(token.getPartition()))
                    .as("watermark of shard %s", token.getPartition())
                    .isGreaterThanOrEqualTo(token.getOffset() + 1);
        }
    }

    @Test
    void aPlainProducersAcknowledgementIsATokenToo() throws Exception {
        Collection created = client.create("plain", 2, Metric.METRIC_COSINE, SHARDS);
        String topic = created.getFacts().getTopic();

        WriteToken protobuf = system.kafka().send(topic, "east", Points.withText("→", 1, 0));
        String json = "{\"vector\": [0, 2.5], \"payload\": {\"text\": \"↑\"}}";
        WriteToken asJson = system.kafka().sendJson(topic, "north", json);

        assertThat(protobuf.getTopicId()).as("Kafka tells a producer no id").isEmpty();
        SearchResponse found = client.search("plain", 10, List.of(protobuf, asJson), 0, 1);
        assertThat(Client.ids(found)).containsExactly("north", "east");
        assertThat(found.getResults(0).getScore()).isEqualTo(1);
        assertThat(found.getResults(0).getVersion()).isEqualTo(asJson.getOffset());
        StoredPoint north = Objects.requireNonNull(client.get("plain", "north", asJson));
        assertThat(north.getPoint()).isEqualTo(Points.withText("↑", 0, 2.5f));
    }

    @Test
    void theLastWriteOfAnIdWins() throws Exception {
        Collection created = client.create("last", 2, Metric.METRIC_EUCLIDEAN, SHARDS);
        client.upsert("last", "moved", Points.point(1, 1));
        client.upsert("last", "removed", Points.point(1, 1));
        client.upsert("last", "back", Points.point(1, 1));

        WriteToken moved = client.upsert("last", "moved", Points.point(9, 9));
        WriteToken removed = client.delete("last", "removed");
        system.kafka().sendTombstone(created.getFacts().getTopic(), "back");
        WriteToken back = client.upsert("last", "back", Points.point(5, 5));
        WriteToken absent = client.delete("last", "never there");

        SearchResponse found =
                client.search("last", 10, List.of(moved, removed, back, absent), 1, 1);
        assertThat(Client.ids(found)).containsExactly("back", "moved");
        StoredPoint stored = Objects.requireNonNull(client.get("last", "moved"));
        assertThat(stored.getPoint()).isEqualTo(Points.point(9, 9));
        assertThat(stored.getVersion()).isEqualTo(moved.getOffset());
        assertThat(client.get("last", "removed")).isNull();
    }

    @Test
    void everyAnswerTellsHowFreshItIs() throws Exception {
        client.create("fresh", 2, Metric.METRIC_DOT, SHARDS);
        WriteToken token = client.upsert("fresh", "point", Points.point(1, 2));
        Instant acknowledged = Instant.now();

        SearchResponse found =
                Await.value(
                        "an answer that includes all before " + acknowledged,
                        () -> client.search("fresh", 10, List.of(), 1, 1),
                        answer -> !freshAsOf(answer).isBefore(acknowledged));

        assertThat(freshAsOf(found)).isBeforeOrEqualTo(Instant.now());
        assertThat(Client.ids(found)).containsExactly("point");
        assertThat(found.getResults(0).getScore()).isEqualTo(3);
        assertThat(found.getResults(0).getDistance()).isEqualTo(-3);
        assertThat(Client.watermarks(found).get(token.getPartition()))
                .isGreaterThan(token.getOffset());
    }

    @Test
    void aWriteThatDoesNotArriveInTimeIsNamed() {
        client.create("future", 2, Metric.METRIC_DOT, 1);
        WriteToken written = client.upsert("future", "point", Points.point(1, 2));
        WriteToken future = written.toBuilder().setOffset(written.getOffset() + 1_000).build();
        assertThat(client.get("future", "point", written)).isNotNull();

        VectronException late = client.requireNotFresh("future", "point", future);

        assertThat(late.metadata())
                .containsEntry("watermark.0", Long.toString(written.getOffset() + 1))
                .containsEntry("wanted.0", Long.toString(future.getOffset() + 1));
    }

    @Test
    void aDescriptionTellsPointsAndDigest() throws Exception {
        CollectionFacts facts =
                client.create("described", 2, Metric.METRIC_EUCLIDEAN, SHARDS).getFacts();
        Map<String, Point> points = onALine("p", 40);
        Map<String, WriteToken> tokens = client.upsert("described", points);
        client.delete("described", "p3");

        Collection described = client.awaitCaughtUp("described");

        assertThat(described.getState()).isEqualTo(CollectionState.COLLECTION_STATE_READY);
        assertThat(described.getFacts()).isEqualTo(facts);
        assertThat(described.getPoints()).isEqualTo(39);
        for (ShardStatus shard : described.getShardsList()) {
            Map<String, Long> versions = new HashMap<>();
            tokens.forEach((id, token) -> {
                if (token.getPartition() == shard.getShard() && !id.equals("p3")) {
                    versions.put(id, token.getOffset());
                }
            });
            assertThat(shard.getWorker()).isEqualTo("worker-1");
            assertThat(shard.getPoints()).isEqualTo(versions.size());
            assertThat(shard.getDigest())
                    .as("digest of shard %s", shard.getShard())
                    .isEqualTo(Points.digest(facts, points, versions).total().toString());
        }
    }

    @Test
    void aNameIsFreeAgainAfterDeletionAndLeadsToAnotherLog() {
        Collection first = client.create("again", 2, Metric.METRIC_COSINE, SHARDS);
        WriteToken old = client.upsert("again", "old", Points.point(1, 2));
        assertThat(names()).contains("again");

        delete("again");

        assertThat(names()).doesNotContain("again");
        assertThat(Client.refused(() -> client.describe("again")).code())
                .isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
        assertThat(Client.refused(() -> client.search("again", 1, List.of(), 1, 1)).code())
                .isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
        Collection second = client.create("again", 2, Metric.METRIC_COSINE, 1);
        assertThat(second.getFacts().getTopic()).isNotEqualTo(first.getFacts().getTopic());
        assertThat(second.getTopicId()).isNotEqualTo(first.getTopicId());
        assertThat(client.search("again", 10, List.of(), 1, 2).getResultsCount()).isZero();
        assertThat(Client.refused(() -> client.get("again", "old", old)).code())
                .as("a token of the former collection")
                .isEqualTo(ErrorCode.INVALID_TOKEN);
        WriteToken fresh = client.upsert("again", "new", Points.point(1, 2));
        SearchResponse found = client.search("again", 10, List.of(fresh), 1, 2);
        assertThat(Client.ids(found)).containsExactly("new");
    }

    @Test
    void refusesATakenNameAndAnUnknownOne() {
        client.create("taken", 2, Metric.METRIC_DOT, 1);

        VectronException taken =
                Client.refused(() -> client.create("taken", 3, Metric.METRIC_DOT, 1));
        VectronException unknown =
                Client.refused(() -> client.upsert("nobody", "id", Points.point(1, 2)));

        assertThat(taken.code()).isEqualTo(ErrorCode.COLLECTION_EXISTS);
        assertThat(taken.code().status()).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(unknown.code()).isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
        assertThat(client.describe("taken").getFacts().getVectors(0).getDimension()).isEqualTo(2);
    }

    @Test
    void aRequestWithOneBadPointWritesNothing() throws Exception {
        String topic = client.create("strict", 2, Metric.METRIC_DOT, 1).getFacts().getTopic();
        Map<String, Point> points = new LinkedHashMap<>();
        points.put("good", Points.point(1, 2));
        points.put("bad", Points.point(1, Float.NaN));

        VectronException refused = Client.refused(() -> client.upsert("strict", points));

        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_POINT);
        assertThat(refused.field()).contains("points[1]");
        assertThat(system.kafka().ends(topic)).containsExactly(Map.entry(0, 0L));
    }

    /** Points at 0, 1, 2, … on the first axis, nearest to the origin first. */
    private static Map<String, Point> onALine(String prefix, int count) {
        Map<String, Point> points = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            points.put(prefix + i, Points.withText(Integer.toString(i), i, 0));
        }
        return points;
    }

    private static Instant freshAsOf(SearchResponse answer) {
        if (!answer.getFreshness().hasFreshAsOf()) {
            return Instant.MIN;
        }
        var stamp = answer.getFreshness().getFreshAsOf();
        return Instant.ofEpochSecond(stamp.getSeconds(), stamp.getNanos());
    }

    private static List<String> names() {
        return client
                .collections()
                .listCollections(ListCollectionsRequest.getDefaultInstance())
                .getCollectionsList()
                .stream()
                .map(collection -> collection.getFacts().getName())
                .collect(Collectors.toList());
    }

    private static void delete(String name) {
        var _ =
                client.collections()
                        .deleteCollection(
                                DeleteCollectionRequest.newBuilder().setName(name).build());
    }
}
