package io.vectron.common.record;

import static io.vectron.common.record.Points.NO_HEADERS;
import static io.vectron.common.record.Points.field;
import static io.vectron.common.record.Points.headers;
import static io.vectron.common.record.Points.list;
import static io.vectron.common.record.Points.map;
import static io.vectron.common.record.Points.number;
import static io.vectron.common.record.Points.point;
import static io.vectron.common.record.Points.pointWith;
import static io.vectron.common.record.Points.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.vectron.common.limit.Limits;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.DenseI8;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.GeoPoint;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Records that break a rule of a collection of dimension 3, cosine and one shard. */
final class RuleExamples {
    static final byte[] ID = "id".getBytes(UTF_8);

    private final List<Example> examples = new ArrayList<>();

    private RuleExamples() {}

    record Example(
            String name,
            Rule rule,
            @Nullable ByteString id,
            @Nullable ByteString content,
            Headers headers,
            int partition) {
        byte @Nullable [] key() {
            return id == null ? null : id.toByteArray();
        }

        byte @Nullable [] value() {
            return content == null ? null : content.toByteArray();
        }

        @Override
        public String toString() {
            return rule.key() + ": " + name;
        }
    }

    static List<Example> all() {
        RuleExamples all = new RuleExamples();
        all.ids();
        all.formats();
        all.protobuf();
        all.json();
        all.vectors();
        all.payloads();
        all.payloadNumbers();
        return all.examples;
    }

    private void ids() {
        byte[] good = point(1, 2, 3).toByteArray();
        record("null key", Rule.ID_MISSING, null, good, NO_HEADERS, 0);
        record("empty key", Rule.ID_MISSING, new byte[0], good, NO_HEADERS, 0);
        record(
                "long key",
                Rule.ID_TOO_LONG,
                "x".repeat(Limits.ID_BYTES + 1).getBytes(UTF_8),
                good,
                NO_HEADERS,
                0);
        record("key not UTF-8", Rule.ID_NOT_UTF8, bytes("c328"), good, NO_HEADERS, 0);
        record("NUL key", Rule.ID_RESERVED, bytes("0061"), good, NO_HEADERS, 0);
        byte[] barrier = io.vectron.common.log.Headers.BARRIER_KEY.getBytes(UTF_8);
        Headers kind = headers("vectron-kind", "barrier");
        record("barrier without header", Rule.ID_RESERVED, barrier, good, NO_HEADERS, 0);
        record("barrier without value", Rule.ID_RESERVED, barrier, null, kind, 0);
        record(
                "other kind with the barrier's key",
                Rule.ID_RESERVED,
                barrier,
                good,
                headers("vectron-kind", "end"),
                0);
        record("barrier with an id", Rule.KIND_UNSUPPORTED, ID, good, kind, 0);
        record("tombstone elsewhere", Rule.WRONG_PARTITION, ID, null, NO_HEADERS, 1);
        record("point elsewhere", Rule.WRONG_PARTITION, ID, good, NO_HEADERS, 7);
    }

    private void formats() {
        byte[] good = point(1, 2, 3).toByteArray();
        Headers avro = headers("content-type", "application/avro");
        record("content type", Rule.CONTENT_TYPE_UNSUPPORTED, ID, good, avro, 0);
        value("only a magic byte", Rule.SCHEMA_REGISTRY_FRAME, bytes("00"));
        value("only a schema's id", Rule.SCHEMA_REGISTRY_AVRO, bytes("0000000007"));
        value("framed JSON, cut off", Rule.JSON_MALFORMED, bytes("00000000077b"));
        value(
                "a frame within a frame",
                Rule.SCHEMA_REGISTRY_AVRO,
                bytes("00000000070000000000077b7d"));
        value("avro", Rule.SCHEMA_REGISTRY_AVRO, bytes("00000000070c666f6f626172"));
        record(
                "index count",
                Rule.SCHEMA_REGISTRY_FRAME,
                ID,
                bytes("0000000007ffff"),
                headers("content-type", "application/x-protobuf"),
                0);
        value("huge", Rule.RECORD_TOO_LARGE, new byte[Limits.RECORD_BYTES]);
    }

    private void protobuf() {
        byte[] good = point(1, 2, 3).toByteArray();
        value("truncated", Rule.VALUE_UNDECODABLE, Arrays.copyOf(good, good.length - 1));
        value("garbage", Rule.VALUE_UNDECODABLE, bytes("ffffffffffffffffffff"));
        Point badText = pointWith(field("k", Value.newBuilder().setStringValue("xx").build()));
        byte[] notUtf8 = badText.toByteArray();
        notUtf8[notUtf8.length - 1] = (byte) 0xff;
        value("string not UTF-8", Rule.VALUE_UNDECODABLE, notUtf8);
        Value deep = number(1);
        for (int i = 0; i < 200; i++) {
            deep = list(deep);
        }
        // Out of order, so that the generated parser has to read it.
        value(
                "200 levels deep, unsorted",
                Rule.VALUE_UNDECODABLE,
                pointWith(field("b", number(1)), field("a", deep)));
        UnknownFieldSet unknown =
                UnknownFieldSet.newBuilder()
                        .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build();
        value(
                "field of the point",
                Rule.UNKNOWN_FIELD,
                point(1, 2, 3).toBuilder().setUnknownFields(unknown).build());
        value(
                "field of a nested value",
                Rule.UNKNOWN_FIELD,
                pointWith(
                        field(
                                "k",
                                list(
                                        map(
                                                field(
                                                        "x",
                                                        number(1).toBuilder()
                                                                .setUnknownFields(unknown)
                                                                .build()))))));
        value(
                "field of a vector",
                Rule.UNKNOWN_FIELD,
                Point.newBuilder()
                        .addVectors(
                                NamedVector.newBuilder()
                                        .setF32(DenseF32.newBuilder().setUnknownFields(unknown)))
                        .build());
    }

    private void json() {
        json("cut off", Rule.JSON_MALFORMED, "{\"vector\":[1,2");
        json("two texts", Rule.JSON_MALFORMED, "{\"vector\":[1,2,3]} {}");
        json("NaN", Rule.JSON_MALFORMED, "{\"vector\":[NaN,2,3]}");
        value("not UTF-8", Rule.JSON_MALFORMED, bytes("7b22ff223a317d"));
        json("endless number", Rule.JSON_MALFORMED, "{\"vector\":[" + "1".repeat(5_000) + "]}");
        json("no list", Rule.JSON_TYPE_MISMATCH, "{\"vector\":\"abc\"}");
        json("nested list", Rule.JSON_TYPE_MISMATCH, "{\"vector\":[[1],2,3]}");
        json("null component", Rule.JSON_TYPE_MISMATCH, "{\"vector\":[null,2,3]}");
        json("list of vectors", Rule.JSON_TYPE_MISMATCH, "{\"vectors\":[[1,2,3]]}");
        json("payload list", Rule.JSON_TYPE_MISMATCH, "{\"vector\":[1,2,3],\"payload\":[]}");
        record(
                "no object",
                Rule.JSON_TYPE_MISMATCH,
                ID,
                "[1,2,3]".getBytes(UTF_8),
                headers("content-type", "application/json; charset=utf-8"),
                0);
        json("field", Rule.JSON_UNKNOWN_FIELD, "{\"vector\":[1,2,3],\"id\":\"x\"}");
        json(
                "envelope of Connect",
                Rule.JSON_UNKNOWN_FIELD,
                "{\"schema\":{\"type\":\"struct\"},\"payload\":{\"vector\":[1,2,3]}}");
        json("twice", Rule.JSON_DUPLICATE_KEY, "{\"vector\":[1,2,3],\"vector\":[1,2,3]}");
        json("name twice", Rule.JSON_DUPLICATE_KEY, "{\"vectors\":{\"\":[1,2,3],\"\":[1,2,3]}}");
        payload("null in list", Rule.JSON_NULL_IN_LIST, "{\"k\":[1,null]}");
        payload("2^63", Rule.JSON_INTEGER_OUT_OF_RANGE, "{\"k\":9223372036854775808}");
        payload("half a pair", Rule.JSON_MALFORMED, "{\"k\":\"\\ud83d\"}");
        payload("half a pair as key", Rule.JSON_MALFORMED, "{\"\\ude00\":1}");
        payload("no time", Rule.JSON_TIME_INVALID, "{\"k\":{\"$time\":\"yesterday\"}}");
        payload("time as number", Rule.JSON_TIME_INVALID, "{\"k\":{\"$time\":1}}");
        payload(
                "nanoseconds",
                Rule.JSON_TIME_INVALID,
                "{\"k\":{\"$time\":\"2026-01-01T00:00:00.0000001Z\"}}");
        payload(
                "beside a time",
                Rule.JSON_TIME_INVALID,
                "{\"k\":{\"$time\":\"2026-01-01T00:00:00Z\",\"x\":1}}");
    }

    private void vectors() {
        value("empty value", Rule.VECTOR_MISSING, new byte[0]);
        json("no vector", Rule.VECTOR_MISSING, "{\"payload\":{\"k\":1}}");
        value(
                "no kind",
                Rule.VECTOR_MISSING,
                Point.newBuilder().addVectors(NamedVector.getDefaultInstance()).build());
        json("name", Rule.VECTOR_UNKNOWN, "{\"vectors\":{\"title\":[1,2,3]}}");
        json(
                "both spellings",
                Rule.VECTOR_DUPLICATE,
                "{\"vector\":[1,2,3],\"vectors\":{\"\":[1,2,3]}}");
        value(
                "int8",
                Rule.VECTOR_TYPE_UNSUPPORTED,
                Point.newBuilder()
                        .addVectors(
                                NamedVector.newBuilder()
                                        .setI8(
                                                DenseI8.newBuilder()
                                                        .setValues(
                                                                ByteString.copyFrom(new byte[3]))))
                        .build());
        value("two components", Rule.DIMENSION_MISMATCH, point(1, 2));
        json("four components", Rule.DIMENSION_MISMATCH, "{\"vector\":[1,2,3,4]}");
        json("no components", Rule.DIMENSION_MISMATCH, "{\"vector\":[]}");
        value("not a number", Rule.VECTOR_NOT_FINITE, point(1, Float.NaN, 3));
        value("infinite", Rule.VECTOR_NOT_FINITE, point(1, 2, Float.NEGATIVE_INFINITY));
        json("beyond 32 bits", Rule.VECTOR_NOT_FINITE, "{\"vector\":[1,2,3.5e38]}");
        value("zero", Rule.VECTOR_ZERO, point(0, -0.0f, 0));
        json("underflow", Rule.VECTOR_ZERO, "{\"vector\":[1e-60,0,0]}");
    }

    private void payloads() {
        value(
                "64 KiB of text",
                Rule.PAYLOAD_TOO_LARGE,
                pointWith(field("k", text("x".repeat(Limits.PAYLOAD_BYTES)))));
        Value deep = number(1);
        for (int i = 0; i < Limits.PAYLOAD_DEPTH; i++) {
            deep = i % 2 == 0 ? list(deep) : map(field("m", deep));
        }
        value("nine levels", Rule.PAYLOAD_TOO_DEEP, pointWith(field("k", deep)));
        payload("deep JSON", Rule.PAYLOAD_TOO_DEEP, "{\"k\":" + "[".repeat(100_000));
        value("empty key", Rule.PAYLOAD_KEY_INVALID, pointWith(field("", number(1))));
        value(
                "long key",
                Rule.PAYLOAD_KEY_INVALID,
                pointWith(field("k".repeat(Limits.PAYLOAD_KEY_BYTES + 1), number(1))));
        payload("reserved key", Rule.PAYLOAD_KEY_INVALID, "{\"k\":{\"x\":1,\"$time\":2}}");
        payload("reserved key on top", Rule.PAYLOAD_KEY_INVALID, "{\"$geo\":1}");
        value(
                "twice",
                Rule.PAYLOAD_DUPLICATE_KEY,
                pointWith(field("k", number(1)), field("a", number(1)), field("k", number(2))));
        payload("twice in JSON", Rule.PAYLOAD_DUPLICATE_KEY, "{\"k\":{\"a\":null,\"a\":1}}");
        value(
                "no kind",
                Rule.PAYLOAD_VALUE_UNSET,
                pointWith(field("k", Value.getDefaultInstance())));
        value(
                "no value",
                Rule.PAYLOAD_VALUE_UNSET,
                pointWith(Field.newBuilder().setKey("k").build()));
        value(
                "no kind in a list",
                Rule.PAYLOAD_VALUE_UNSET,
                pointWith(field("k", list(number(1), Value.getDefaultInstance()))));
    }

    private void payloadNumbers() {
        value("not a number", Rule.PAYLOAD_NOT_FINITE, pointWith(field("k", number(Double.NaN))));
        payload("beyond 64 bits", Rule.PAYLOAD_NOT_FINITE, "{\"k\":1e999}");
        GeoPoint.Builder place = GeoPoint.newBuilder().setLatitude(90.5);
        value(
                "beyond the pole",
                Rule.PAYLOAD_GEO_INVALID,
                pointWith(field("k", Value.newBuilder().setGeoValue(place).build())));
        payload(
                "beyond the date line",
                Rule.PAYLOAD_GEO_INVALID,
                "{\"k\":{\"$geo\":{\"lat\":1,\"lon\":180.1}}}");
        payload("half a place", Rule.PAYLOAD_GEO_INVALID, "{\"k\":{\"$geo\":{\"lat\":1}}}");
    }

    private void payload(String name, Rule rule, String payload) {
        json(name, rule, "{\"vector\":[1,2,3],\"payload\":" + payload + "}");
    }

    private void json(String name, Rule rule, String json) {
        value(name, rule, json.getBytes(UTF_8));
    }

    private void value(String name, Rule rule, Point point) {
        value(name, rule, point.toByteArray());
    }

    private void value(String name, Rule rule, byte[] value) {
        record(name, rule, ID, value, NO_HEADERS, 0);
    }

    private void record(
            String name,
            Rule rule,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Headers headers,
            int partition) {
        examples.add(
                new Example(
                        name,
                        rule,
                        key == null ? null : ByteString.copyFrom(key),
                        value == null ? null : ByteString.copyFrom(value),
                        headers,
                        partition));
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
