package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.WriteToken;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Utils;

/** Points whose ids hash differently wherever a client's murmur2 is not that of Java. */
final class NastyPoints {
    /** Vectors have this many components. */
    static final int DIMENSION = 3;

    /** Shards of the collections that they are written to; no power of two hides a sign. */
    static final int SHARDS = 5;

    /** What they hold beside their vector: more than a double can hold. */
    static final long EXACT = Long.MAX_VALUE;

    /** Written, and deleted by the line after it. */
    static final String DELETED = "deleted ☠";

    private static final List<String> IDS =
            List.of(
                    "a",
                    "id",
                    "film-42",
                    "Amélie",
                    "naïveté",
                    "e\u0301 is not é",
                    "千と千尋の神隠し",
                    "🦊🦊",
                    "👩‍👩‍👧‍👦",
                    "שלום",
                    "ÿÿÿÿ",
                    "\u0080\u0081\u0082",
                    "\uffff",
                    " leading and trailing ",
                    "quote \" and ' and \\ and \\n",
                    "a|b|c,d;e=f:g",
                    "{\"id\":1}",
                    "0",
                    "-1",
                    "x".repeat(512),
                    "é".repeat(256),
                    "🦊".repeat(128));

    private static final int MORE = 40;

    private NastyPoints() {}

    /** JSON by id. */
    static Map<String, String> json() {
        List<String> ids = new ArrayList<>(IDS);
        for (int i = 0; i < MORE; i++) {
            ids.add("id " + "ü".repeat(i % 4) + i);
        }
        Set<Integer> shards = new TreeSet<>();
        int negative = 0;
        Map<String, String> points = new LinkedHashMap<>();
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            shards.add(Points.home(id, SHARDS));
            negative += Utils.murmur2(id.getBytes(UTF_8)) < 0 ? 1 : 0;
            points.put(id, "{\"vector\":[" + i + ",1,0.25],\"payload\":{\"exact\":" + EXACT + "}}");
        }
        assertThat(shards).as("every shard has a point").hasSize(SHARDS);
        assertThat(negative).as("ids whose hash is negative").isBetween(10, ids.size() - 10);
        return points;
    }

    /** A line a point: id, tab, JSON; and one point that is deleted again. */
    static String lines(Map<String, String> points, String deletion) {
        StringBuilder lines = new StringBuilder();
        lines.append(DELETED).append("\t{\"vector\":[1,2,3]}\n");
        lines.append(DELETED).append('\t').append(deletion).append('\n');
        points.forEach((id, json) -> lines.append(id).append('\t').append(json).append('\n'));
        return lines.toString();
    }

    /** The token of a line that an example printed: id, tab, token. */
    static WriteToken token(String line) {
        String token = line.substring(line.indexOf('\t') + 1);
        return io.vectron.common.log.WriteToken.parse(token).toProto();
    }

    /** Checks that searching and getting finds these points as written, and no other one. */
    static void assertHeld(
            Client client,
            String collection,
            Map<String, String> points,
            Collection<WriteToken> tokens) {
        assertThat(Client.ids(client.search(collection, 1_000, tokens, 1, 2, 3)))
                .containsExactlyInAnyOrderElementsOf(points.keySet());
        GetRequest request =
                GetRequest.newBuilder()
                        .setCollection(collection)
                        .addAllIds(points.keySet())
                        .addIds(DELETED)
                        .build();
        List<StoredPoint> stored = client.points().get(request).getPointsList();
        assertThat(stored).hasSize(points.size());
        for (StoredPoint point : stored) {
            String json = Objects.requireNonNull(points.get(point.getId()), point.getId());
            assertSame(point.getId(), json, point.getPoint());
        }
    }

    private static void assertSame(String id, String json, Point stored) {
        String vector = json.substring(json.indexOf('[') + 1, json.indexOf(']'));
        String[] components = vector.split(",", -1);
        for (int i = 0; i < components.length; i++) {
            assertThat(stored.getVectors(0).getF32().getValues(i))
                    .as(id)
                    .isEqualTo(Float.parseFloat(components[i]));
        }
        assertThat(stored.getPayload().getFields(0).getValue().getInt64Value())
                .as(id)
                .isEqualTo(EXACT);
    }
}
