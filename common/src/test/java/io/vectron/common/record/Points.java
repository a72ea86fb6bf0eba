package io.vectron.common.record;

import io.vectron.common.collection.CollectionRules;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.History;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.proto.log.v1.ListValue;
import io.vectron.proto.log.v1.MapValue;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Value;
import io.vectron.proto.log.v1.VectorSpec;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Makes points, records and collections for tests. */
final class Points {
    static final Headers NO_HEADERS = new RecordHeaders();

    private Points() {}

    static CollectionFacts facts(int dimension, Metric metric, int shards) {
        return CollectionRules.facts(
                new CollectionRules.Request(
                        "",
                        "words",
                        List.of(
                                VectorSpec.newBuilder()
                                        .setDimension(dimension)
                                        .setMetric(metric)
                                        .build()),
                        shards,
                        1,
                        History.HISTORY_UNSPECIFIED,
                        IndexParameters.getDefaultInstance()),
                new UUID(1, 2),
                0);
    }

    static NamedVector vector(String name, float... components) {
        DenseF32.Builder values = DenseF32.newBuilder();
        for (float component : components) {
            values.addValues(component);
        }
        return NamedVector.newBuilder().setName(name).setF32(values).build();
    }

    static Point point(float... components) {
        return Point.newBuilder().addVectors(vector("", components)).build();
    }

    static Point pointWith(Field... fields) {
        return point(1, 2, 3).toBuilder()
                .setPayload(Payload.newBuilder().addAllFields(List.of(fields)))
                .build();
    }

    static Field field(String key, Value value) {
        return Field.newBuilder().setKey(key).setValue(value).build();
    }

    static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    static Value number(long number) {
        return Value.newBuilder().setInt64Value(number).build();
    }

    static Value number(double number) {
        return Value.newBuilder().setDoubleValue(number).build();
    }

    static Value list(Value... values) {
        return Value.newBuilder()
                .setListValue(ListValue.newBuilder().addAllValues(List.of(values)))
                .build();
    }

    static Value map(Field... fields) {
        return Value.newBuilder()
                .setMapValue(MapValue.newBuilder().addAllFields(List.of(fields)))
                .build();
    }

    static Headers headers(String key, String value) {
        return new RecordHeaders()
                .add(key, value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
