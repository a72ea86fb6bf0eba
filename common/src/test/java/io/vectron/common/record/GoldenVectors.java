package io.vectron.common.record;

import static io.vectron.common.record.Points.NO_HEADERS;
import static io.vectron.common.record.Points.field;
import static io.vectron.common.record.Points.list;
import static io.vectron.common.record.Points.map;
import static io.vectron.common.record.Points.number;
import static io.vectron.common.record.Points.point;
import static io.vectron.common.record.Points.pointWith;
import static io.vectron.common.record.Points.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vectron.common.digest.RowHash;
import io.vectron.common.record.RuleExamples.Example;
import io.vectron.common.record.Validated.Upsert;
import io.vectron.proto.log.v1.GeoPoint;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Value;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.header.Header;

/**
 * Makes the golden vectors: for a collection with one default vector of dimension 3, metric cosine
 * and one shard, what becomes of a record, one JSON object a line. They fix the canonical form and
 * the row hash for clients and releases to come, so lines may be added, and none may ever change.
 */
final class GoldenVectors {
    static final String ACCEPTED = "vectron/golden/accepted.jsonl";
    static final String REFUSED = "vectron/golden/refused.jsonl";

    /** Longer inputs say nothing that a shorter one would not. */
    private static final int MAX_VALUE_BYTES = 2_000;

    private static final HexFormat HEX = HexFormat.of();

    private final RecordValidator validator =
            new RecordValidator(Points.facts(3, Metric.METRIC_COSINE, 1));
    private final List<String> lines = new ArrayList<>();

    private GoldenVectors() {}

    /** Writes the files anew into the folder given, to be looked at before they are committed. */
    public static void main(String[] arguments) throws IOException {
        Path resources = Path.of(arguments[0]);
        Files.write(resources.resolve(ACCEPTED), accepted());
        Files.write(resources.resolve(REFUSED), refused());
    }

    static List<String> accepted() throws IOException {
        GoldenVectors golden = new GoldenVectors();
        golden.vectors();
        golden.payloads();
        golden.json();
        return golden.lines;
    }

    private void vectors() throws IOException {
        protobuf("plain", "id", 0, point(1, 2, 3));
        protobuf(
                "negative zero and subnormals",
                "id",
                1,
                point(-0.0f, Float.MIN_VALUE, -Float.intBitsToFloat(0x007fffff)));
        protobuf("extreme floats", "id", 2, point(Float.MAX_VALUE, -Float.MAX_VALUE, 0));
    }

    private void payloads() throws IOException {
        protobuf(
                "int64 extremes",
                "id",
                3,
                pointWith(
                        field("min", number(Long.MIN_VALUE)),
                        field("max", number(Long.MAX_VALUE)),
                        field("zero", number(0L))));
        protobuf(
                "double extremes",
                "id",
                4,
                pointWith(
                        field("tiny", number(Double.MIN_VALUE)),
                        field("huge", number(-Double.MAX_VALUE)),
                        field("zero", number(-0.0))));
        protobuf(
                "keys in UTF-8 order",
                "id",
                5,
                pointWith(
                        field("\ud83d\ude00", text("\ud83d\ude00")),
                        field("\uffee", text("")),
                        field("ä", text("ö")),
                        field("a", text("b"))));
        protobuf(
                "nested",
                "id",
                6,
                pointWith(field("l", list(map(field("z", list()), field("y", map())), number(1)))));
        protobuf(
                "other kinds",
                "id",
                7,
                pointWith(
                        field("yes", Value.newBuilder().setBoolValue(true).build()),
                        field("no", Value.newBuilder().setBoolValue(false).build()),
                        field("at", Value.newBuilder().setTimeMicros(-1).build()),
                        field(
                                "in",
                                Value.newBuilder()
                                        .setGeoValue(GeoPoint.newBuilder().setLongitude(-0.5))
                                        .build())));
        protobuf("unicode id", "größe-\ud83d\ude00", 8, point(1, 2, 3));
        protobuf("large version", "id", Long.MAX_VALUE, point(1, 2, 3));
    }

    private void json() throws IOException {
        json("JSON", "id", 9, "{\"vector\":[1,2,3]}");
        json("JSON by name", "id", 10, "{\"vectors\":{\"\":[0.1,-0,16777217]}}");
        json(
                "JSON payload",
                "id",
                11,
                "{\"payload\":{\"b\":[1,1.0,\"\\ud83d\\ude00\"],\"a\":null,"
                        + "\"c\":{\"$time\":\"2026-01-01T00:00:00.000001+01:00\"}},"
                        + "\"vector\":[1e-45,1.17549429e-38,3.4028235e38]}");
        json(
                "JSON int64",
                "id",
                12,
                "{\"vector\":[1,2,3],\"payload\":{\"n\":-9223372036854775808,\"z\":-0}}");
        accept(
                "framed protobuf",
                "id",
                13,
                RecordValidatorTest.concat(new byte[6], point(1, 2, 3).toByteArray()));
    }

    static List<String> refused() throws IOException {
        GoldenVectors golden = new GoldenVectors();
        for (Example example : RuleExamples.all()) {
            byte[] value = example.value();
            if (value == null || value.length <= MAX_VALUE_BYTES) {
                golden.refuse(example);
            }
        }
        return golden.lines;
    }

    private void protobuf(String name, String id, long version, Point point) throws IOException {
        accept(name, id, version, point.toByteArray());
    }

    private void json(String name, String id, long version, String json) throws IOException {
        accept(name, id, version, json.getBytes(UTF_8));
    }

    private void accept(String name, String id, long version, byte[] value) throws IOException {
        byte[] key = id.getBytes(UTF_8);
        Upsert upsert = (Upsert) validator.validate(key, value, NO_HEADERS, 0);
        byte[] canonical = upsert.point().bytes();
        line(
                "name", name,
                "key", HEX.formatHex(key),
                "value", HEX.formatHex(value),
                "canonical", HEX.formatHex(canonical),
                "version", Long.toString(version),
                "hash", RowHash.of(key, version, canonical).toString(),
                "bucket", Integer.toString(RowHash.bucket(key)));
    }

    private void refuse(Example example) throws IOException {
        byte[] key = example.key();
        byte[] value = example.value();
        Validated.Rejected rejected =
                (Validated.Rejected)
                        validator.validate(key, value, example.headers(), example.partition());
        List<String> members = new ArrayList<>(List.of("name", example.name()));
        if (key != null) {
            members.addAll(List.of("key", HEX.formatHex(key)));
        }
        if (value != null) {
            members.addAll(List.of("value", HEX.formatHex(value)));
        }
        for (Header header : example.headers()) {
            members.addAll(List.of("header " + header.key(), new String(header.value(), UTF_8)));
        }
        members.addAll(List.of("partition", Integer.toString(example.partition())));
        members.addAll(List.of("rule", rejected.rule().key()));
        line(members.toArray(new String[0]));
    }

    private void line(String... members) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            for (int i = 0; i < members.length; i += 2) {
                out.writeStringField(members[i], members[i + 1]);
            }
            out.writeEndObject();
        }
        lines.add(text.toString());
    }
}
