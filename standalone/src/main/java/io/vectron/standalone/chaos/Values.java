package io.vectron.standalone.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.log.Partitioning;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Value;
import io.vectron.standalone.history.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Keys and points of a run. The vector of a point follows from its stamp, so both prove it. */
final class Values {
    static final int DIMENSION = 8;
    private static final String STAMP = "stamp";

    private Values() {}

    /** The point of a stamp. */
    static Point point(long stamp) {
        DenseF32.Builder values = DenseF32.newBuilder();
        for (float component : vector(stamp)) {
            values.addValues(component);
        }
        Field field =
                Field.newBuilder()
                        .setKey(STAMP)
                        .setValue(Value.newBuilder().setInt64Value(stamp))
                        .build();
        return Point.newBuilder()
                .addVectors(NamedVector.newBuilder().setF32(values))
                .setPayload(Payload.newBuilder().addFields(field))
                .build();
    }

    /** The stamp of a point; {@link Shown#UNKNOWN} if vector and payload do not agree. */
    static long stamp(Point point) {
        if (point.getPayload().getFieldsCount() != 1 || point.getVectorsCount() != 1) {
            return Shown.UNKNOWN;
        }
        long stamp = point.getPayload().getFields(0).getValue().getInt64Value();
        return point.equals(point(stamp)) ? stamp : Shown.UNKNOWN;
    }

    /** Something to look for. */
    static float[] vector(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextDouble();
        }
        return vector;
    }

    static int home(String key, int shards) {
        return Partitioning.partition(key.getBytes(UTF_8), shards);
    }

    /** The first key of each shard that begins so. */
    static List<String> oneOfEach(String prefix, int shards) {
        List<String> keys = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            int number = 0;
            while (home(prefix + number, shards) != shard) {
                number++;
            }
            keys.add(prefix + number);
        }
        return keys;
    }
}
