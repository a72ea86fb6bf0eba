package io.vectron.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.vectron.gateway.RestClient.Answer;
import io.vectron.gateway.rest.json.JsonRequest;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.ListValue;
import io.vectron.proto.log.v1.MapValue;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Value;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.GetResponse;
import io.vectron.proto.v1.PointToWrite;
import io.vectron.proto.v1.SearchResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;

/** Calls both protocols alike, and holds what goes over REST against its description. */
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
abstract class BothProtocols {

    static final String ALL = "/v1/collections";
    static final String ONE = ALL + "/{collection}";
    static final String POINTS = ONE + "/points";

    final Set<String> called = new TreeSet<>();
    Cluster cluster;
    RestClient rest;
    OpenApi api;

    @BeforeAll
    void start() throws Exception {
        cluster = new Cluster();
        rest = new RestClient(cluster.gateway.restPort());
        api = new OpenApi();
        cluster.create("films", 2, Metric.METRIC_COSINE);
        cluster.points()
                .upsert(
                        Cluster.upsert(
                                "films",
                                rich("a", 1, 0.1f),
                                rich("b/ü ?", 0.5f, -0.25f),
                                Cluster.point("c", 3.4028235e38f, 1.4e-45f)));
    }

    @AfterAll
    void stop() {
        rest.close();
        cluster.close();
    }

    private static PointToWrite rich(String id, float... vector) {
        Payload.Builder payload = Payload.newBuilder();
        add(payload, "at", Value.newBuilder().setTimeMicros(1_767_225_600_000_001L));
        add(payload, "big", Value.newBuilder().setInt64Value(Long.MIN_VALUE));
        add(payload, "flag", Value.newBuilder().setBoolValue(true));
        add(
                payload,
                "list",
                Value.newBuilder()
                        .setListValue(
                                ListValue.newBuilder()
                                        .addValues(Value.newBuilder().setStringValue("ü\n\"\u0001"))
                                        .addValues(Value.newBuilder().setDoubleValue(1e-300))));
        add(payload, "map", Value.newBuilder().setMapValue(MapValue.getDefaultInstance()));
        PointToWrite.Builder point = Cluster.point(id, vector).toBuilder();
        point.getPointBuilder().setPayload(payload);
        return point.build();
    }

    private static void add(Payload.Builder payload, String key, Value.Builder value) {
        payload.addFields(Field.newBuilder().setKey(key).setValue(value));
    }

    final Answer call(String operation, String path, @Nullable String body, String... headers)
            throws Exception {
        called.add(operation);
        Answer answer =
                rest.send(operation.substring(0, operation.indexOf(' ')), path, body, headers);
        if (body != null && answer.status() < 300) {
            api.requireRequest(operation, body);
        }
        api.requireResponse(operation, answer.status(), answer.body());
        return answer;
    }

    static Message read(Answer answer, Message.Builder into) {
        assertThat(answer.status()).as(answer.body()).isLessThan(300);
        byte[] bytes = answer.body().getBytes(UTF_8);
        JsonRequest.read(bytes, bytes.length, into, Set.of(), payload -> {});
        return still(into.build());
    }

    /** Without what moves between two calls. */
    static Message still(Message message) {
        return switch (message) {
            case GetResponse get -> {
                GetResponse.Builder still = get.toBuilder();
                still.getFreshnessBuilder().clearFreshAsOf();
                yield still.build();
            }
            case SearchResponse search -> {
                SearchResponse.Builder still = search.toBuilder();
                still.getFreshnessBuilder().clearFreshAsOf();
                yield still.build();
            }
            default -> message;
        };
    }

    static String path(String collection, String rest) {
        return ALL + "/" + collection + "/points" + rest;
    }

    static String base64(float... vector) {
        ByteBuffer bytes =
                ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    static Collection anonymous(Collection collection) {
        CollectionFacts facts =
                collection.getFacts().toBuilder()
                        .clearId()
                        .clearName()
                        .clearTopic()
                        .clearDeadLetterTopic()
                        .clearCreatedAtMs()
                        .build();
        return still(collection).toBuilder().setFacts(facts).clearTopicId().build();
    }

    /** Without what moves between two calls. */
    static Collection still(Collection collection) {
        Collection.Builder still = collection.toBuilder();
        still.getShardsBuilderList().forEach(shard -> shard.clearLogEnd().clearWorker());
        return still.build();
    }
}
