package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.digest.Digest;
import io.vectron.common.digest.DigestAccumulator;
import io.vectron.common.digest.RowHash;
import io.vectron.common.log.Partitioning;
import io.vectron.common.record.RecordValidator;
import io.vectron.common.record.Validated;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Points to write, and what must become of them. */
final class Points {
    private Points() {}

    static NamedVector vector(float... components) {
        DenseF32.Builder values = DenseF32.newBuilder();
        for (float component : components) {
            values.addValues(component);
        }
        return NamedVector.newBuilder().setF32(values).build();
    }

    static Point point(float... components) {
        return Point.newBuilder().addVectors(vector(components)).build();
    }

    /** A point with the payload {@code {"text": text}}. */
    static Point withText(String text, float... components) {
        Field field =
                Field.newBuilder()
                        .setKey("text")
                        .setValue(Value.newBuilder().setStringValue(text))
                        .build();
        return point(components).toBuilder()
                .setPayload(Payload.newBuilder().addFields(field))
                .build();
    }

    static int home(String id, int shards) {
        return Partitioning.partition(id.getBytes(UTF_8), shards);
    }

    /** The first {@code count} ids that begin so and live in this shard. */
    static List<String> idsOf(String prefix, int shard, int shards, int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; ids.size() < count; i++) {
            String id = prefix + i;
            if (home(id, shards) == shard) {
                ids.add(id);
            }
        }
        return ids;
    }

    /**
     * The digest that a shard must have whose rows are these, computed from what was written.
     *
     * @param versions offset of the record that wrote each id
     */
    static Digest digest(
            CollectionFacts facts, Map<String, Point> points, Map<String, Long> versions) {
        RecordValidator validator = new RecordValidator(facts);
        DigestAccumulator digest = new DigestAccumulator();
        versions.forEach((id, version) -> {
            Validated judged = validator.validate(id, Objects.requireNonNull(points.get(id), id));
            if (!(judged instanceof Validated.Upsert accepted)) {
                throw new AssertionError(id + " is not accepted: " + judged);
            }
            byte[] key = id.getBytes(UTF_8);
            digest.add(key, RowHash.of(key, version, accepted.point().bytes()));
        });
        return digest.snapshot();
    }
}
