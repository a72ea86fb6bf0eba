package io.vectron.common.record;

import static io.vectron.common.record.Points.NO_HEADERS;
import static io.vectron.common.record.Points.field;
import static io.vectron.common.record.Points.headers;
import static io.vectron.common.record.Points.number;
import static io.vectron.common.record.Points.point;
import static io.vectron.common.record.Points.pointWith;
import static io.vectron.common.record.Points.text;
import static io.vectron.common.record.Points.vector;
import static io.vectron.common.record.RuleExamples.ID;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.limit.Limits;
import io.vectron.common.log.Partitioning;
import io.vectron.common.record.RuleExamples.Example;
import io.vectron.common.record.Validated.Rejected;
import io.vectron.common.record.Validated.Upsert;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Value;
import io.vectron.proto.log.v1.VectorSpec;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordValidatorTest {
    private static final CollectionFacts FACTS = Points.facts(3, Metric.METRIC_COSINE, 1);

    private final RecordValidator validator = new RecordValidator(FACTS);

    static List<Example> examples() {
        return RuleExamples.all();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void refusesByRule(Example example) {
        Validated outcome =
                validator.validate(
                        example.key(), example.value(), example.headers(), example.partition());

        assertThat(outcome).isInstanceOf(Rejected.class);
        Rejected rejected = (Rejected) outcome;
        assertThat(rejected.rule()).as(rejected.reason()).isEqualTo(example.rule());
        assertThat(rejected.reason()).isNotBlank().hasSizeLessThan(500);
        assertThat(rejected.id()).isEqualTo(example.rule().concernsId() ? null : "id");
    }

    @Test
    void everyRuleHasAnExample() {
        Set<Rule> shown = examples().stream().map(Example::rule).collect(Collectors.toSet());

        assertThat(shown).isEqualTo(EnumSet.allOf(Rule.class));
    }

    @Test
    void keepsCanonicalBytesAsTheyAre() {
        byte[] value = pointWith(field("a", number(1)), field("b", text("x"))).toByteArray();

        assertThat(upsert(value, NO_HEADERS).point().bytes()).isSameAs(value);
    }

    @Test
    void sortsWhatIsUnsorted() {
        Point unsorted =
                pointWith(
                        field("\ud83d\ude00", number(1)),
                        field("\uffee", number(2)),
                        field("b", Points.map(field("z", number(3)), field("y", number(4)))),
                        field(
                                "a",
                                Points.list(
                                        Points.map(
                                                field("d", text("")), field("c", number(0.0))))));
        Point sorted =
                pointWith(
                        field(
                                "a",
                                Points.list(
                                        Points.map(field("c", number(0.0)), field("d", text(""))))),
                        field("b", Points.map(field("y", number(4)), field("z", number(3)))),
                        field("\uffee", number(2)),
                        field("\ud83d\ude00", number(1)));

        assertThat(upsert(unsorted.toByteArray(), NO_HEADERS).point().bytes())
                .isEqualTo(sorted.toByteArray());
    }

    @Test
    void mergesWhatProtobufMerges() {
        // Payload before the vectors, in two parts, and unpacked components.
        byte[] twoParts =
                concat(
                        RuleExamples.bytes("12090a070a016212020801"),
                        RuleExamples.bytes("12090a070a016112020802"),
                        RuleExamples.bytes("0a11120f0d0000803f0d000000400d00004040"));
        Point expected = pointWith(field("a", number(2)), field("b", number(1)));

        assertThat(upsert(twoParts, NO_HEADERS).point().toPoint()).isEqualTo(expected);
        assertThat(upsert(twoParts, NO_HEADERS).point().bytes()).isEqualTo(expected.toByteArray());
    }

    @Test
    void acceptsEveryWrapping() {
        byte[] protobuf = pointWith(field("k", text("v"))).toByteArray();
        byte[] json =
                "{\"payload\":{\"k\":\"v\",\"n\":null},\"vector\":[1,2.0,3e0]}".getBytes(UTF_8);
        byte[] frame = RuleExamples.bytes("0000000007");
        Headers isJson = headers("content-type", "Application/JSON; charset=utf-8");
        Headers isProtobuf = headers("content-type", "application/protobuf");

        for (Upsert accepted :
                List.of(
                        upsert(json, NO_HEADERS),
                        upsert(json, isJson),
                        upsert(concat(" ".getBytes(UTF_8), json), isJson),
                        upsert(concat(frame, json), NO_HEADERS),
                        upsert(concat(frame, json), isJson),
                        upsert(protobuf, isProtobuf),
                        upsert(protobuf, headers("content-type", "application/x-protobuf")),
                        upsert(concat(frame, new byte[1], protobuf), NO_HEADERS),
                        upsert(
                                concat(frame, RuleExamples.bytes("040006"), protobuf),
                                isProtobuf))) {
            assertThat(accepted.point().bytes()).isEqualTo(protobuf);
        }
    }

    @Test
    void dropsAnEmptyPayload() {
        byte[] empty =
                point(1, 2, 3).toBuilder()
                        .setPayload(Payload.getDefaultInstance())
                        .build()
                        .toByteArray();

        assertThat(upsert(empty, NO_HEADERS).point().bytes())
                .isEqualTo(point(1, 2, 3).toByteArray());
        for (String payload : List.of("{}", "null", "{\"k\":null}")) {
            byte[] json = ("{\"vector\":[1,2,3],\"payload\":" + payload + "}").getBytes(UTF_8);
            assertThat(upsert(json, NO_HEADERS).point().bytes())
                    .isEqualTo(point(1, 2, 3).toByteArray());
        }
    }

    @Test
    void readsTimesAndPlaces() {
        String json =
                "{\"vector\":[1,2,3],\"payload\":{\"at\":{\"$time\":"
                        + "\"1969-12-31T23:59:59.999999Z\"},"
                        + "\"in\":{\"$geo\":{\"lon\":-0.5,\"lat\":0}}}}";

        CanonicalPoint point = upsert(json.getBytes(UTF_8), NO_HEADERS).point();

        Payload payload = point.toPoint().getPayload();
        assertThat(payload.getFields(0).getValue().getTimeMicros()).isEqualTo(-1);
        assertThat(payload.getFields(1).getValue().getGeoValue().getLongitude()).isEqualTo(-0.5);
        assertThat(PayloadJson.print(payload))
                .isEqualTo(
                        "{\"at\":{\"$time\":\"1969-12-31T23:59:59.999999Z\"},"
                                + "\"in\":{\"$geo\":{\"lat\":0.0,\"lon\":-0.5}}}");
    }

    @Test
    void knowsBarriersAndTombstones() {
        Headers barrier = headers("vectron-kind", "barrier");
        byte[] key = "\0barrier".getBytes(UTF_8);

        // A barrier belongs to whichever partition it is in.
        assertThat(validator.validate(key, new byte[1], barrier, 5))
                .isEqualTo(new Validated.Barrier());
        assertThat(validator.validate(ID, null, NO_HEADERS, 0))
                .isEqualTo(new Validated.Delete("id"));
    }

    @Test
    void acceptsWhatIsExactlyAtALimit() {
        byte[] longestId = "é".repeat(Limits.ID_BYTES / 2).getBytes(UTF_8);
        Value deepest = number(1);
        for (int i = 1; i < Limits.PAYLOAD_DEPTH; i++) {
            deepest = Points.list(deepest);
        }
        // Payload, field, value and string each have a tag and a length of 3 bytes; key "k" has 3.
        int overhead = 3 * (1 + 3) + 3;
        Point largest = pointWith(field("k", text("x".repeat(Limits.PAYLOAD_BYTES - overhead))));

        assertThat(largest.getPayload().getSerializedSize()).isEqualTo(Limits.PAYLOAD_BYTES);
        for (Point point :
                List.of(
                        largest,
                        pointWith(field("k", deepest)),
                        pointWith(field("k".repeat(Limits.PAYLOAD_KEY_BYTES), number(1))))) {
            assertThat(validator.validate(longestId, point.toByteArray(), NO_HEADERS, 0))
                    .isInstanceOf(Upsert.class);
        }
    }

    @Test
    void allowsZeroWhereItHasADistance() {
        for (Metric metric : List.of(Metric.METRIC_DOT, Metric.METRIC_EUCLIDEAN)) {
            RecordValidator lenient = new RecordValidator(Points.facts(3, metric, 1));

            assertThat(lenient.validate("id", point(0, 0, 0))).isInstanceOf(Upsert.class);
        }
    }

    @Test
    void asksForTheHomePartition() {
        RecordValidator sharded = new RecordValidator(Points.facts(3, Metric.METRIC_DOT, 16));
        int home = Partitioning.partition(ID, 16);
        byte[] value = point(1, 2, 3).toByteArray();

        for (int partition = 0; partition < 16; partition++) {
            assertThat(sharded.validate(ID, value, NO_HEADERS, partition))
                    .isInstanceOf(partition == home ? Upsert.class : Rejected.class);
        }
    }

    @Test
    void judgesSeveralNamedVectors() {
        CollectionFacts facts =
                FACTS.toBuilder()
                        .addVectors(
                                VectorSpec.newBuilder()
                                        .setName("title")
                                        .setDimension(2)
                                        .setMetric(Metric.METRIC_DOT))
                        .build();
        RecordValidator two = new RecordValidator(facts);
        Point backwards =
                Point.newBuilder()
                        .addVectors(vector("title", 0, 0))
                        .addVectors(vector("", 1, 2, 3))
                        .build();

        Upsert accepted = (Upsert) two.validate("id", backwards);

        assertThat(accepted.point().dense("title")).containsExactly(0, 0);
        assertThat(accepted.point().dense("")).containsExactly(1, 2, 3);
        assertThat(((Rejected) two.validate("id", point(1, 2, 3))).rule())
                .isEqualTo(Rule.VECTOR_MISSING);
        assertThat(
                        ((Rejected)
                                        two.validate(
                                                "id",
                                                Point.newBuilder()
                                                        .addVectors(vector("title", 1, 1))
                                                        .addVectors(vector("title", 1, 1))
                                                        .build()))
                                .rule())
                .isEqualTo(Rule.VECTOR_DUPLICATE);
    }

    @Test
    void namesTheFieldAtFault() {
        String json = "{\"vector\":[1,2,3],\"payload\":{\"a\":{\"b\":[1,{\"c\":1e999}]}}}";

        Rejected rejected = (Rejected) validator.validate(ID, json.getBytes(UTF_8), NO_HEADERS, 0);

        assertThat(rejected.reason()).startsWith("payload.a.b[1].c:");
        assertThat(rejected.toException("points[3]").code()).isEqualTo(ErrorCode.INVALID_POINT);
        assertThat(rejected.toException("points[3]").field()).isEqualTo("points[3].point");
        assertThat(rejected.toException("points[3]").metadata())
                .containsEntry("rule", "payload_not_finite");
    }

    @Test
    void judgesIdsAlone() {
        assertThat(validator.validateId("id")).isEqualTo(new Validated.Delete("id"));
        for (String bad : List.of("", "\0x", "x".repeat(513), "\ud800")) {
            Rejected rejected = (Rejected) validator.validateId(bad);
            assertThat(rejected.toException("ids[0]").code()).isEqualTo(ErrorCode.INVALID_ID);
            assertThat(validator.validate(bad, point(1, 2, 3))).isEqualTo(rejected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void refusesFactsOfUnknownRules(int version) {
        CollectionFacts unknown = FACTS.toBuilder().setRulesVersion(version).build();

        assertThatThrownBy(() -> new RecordValidator(unknown))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsVectorsOutOfCanonicalBytes() {
        byte[] canonical = pointWith(field("k", text("v"))).toByteArray();
        float[] into = new float[3];

        CanonicalPoint.dense(canonical, "", into);

        assertThat(into).containsExactly(1, 2, 3);
        for (String name : List.of("other", "k")) {
            assertThatThrownBy(() -> CanonicalPoint.dense(canonical, name, into))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> CanonicalPoint.dense(canonical, "", new float[4]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CanonicalPoint.dense(Arrays.copyOf(canonical, 9), "", into))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Upsert upsert(byte[] value, Headers headers) {
        Validated outcome = validator.validate(ID, value, headers, 0);
        assertThat(outcome).isInstanceOf(Upsert.class);
        return (Upsert) outcome;
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
