package io.vectron.common.record;

import static io.vectron.common.record.Points.field;
import static io.vectron.common.record.Points.list;
import static io.vectron.common.record.Points.map;
import static io.vectron.common.record.Points.number;
import static io.vectron.common.record.Points.text;

import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.GeoPoint;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Valid points by chance, in no order, and the same points as JSON. */
final class RandomPoints {
    private static final int MAX_LEVEL = 4;
    private static final long MAX_MICROS = 253_402_300_799_999_999L; // the year 9999

    private final SplittableRandom random;
    private final int dimension;

    RandomPoints(SplittableRandom random, int dimension) {
        this.random = random;
        this.dimension = dimension;
    }

    Point point() {
        float[] components = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            components[i] = component();
        }
        components[random.nextInt(dimension)] = 1;
        Point.Builder point = Point.newBuilder().addVectors(Points.vector("", components));
        if (random.nextBoolean()) {
            point.setPayload(Payload.newBuilder().addAllFields(fields(1)));
        }
        return point.build();
    }

    private float component() {
        return switch (random.nextInt(5)) {
            case 0 -> -0.0f;
            case 1 -> Float.intBitsToFloat(random.nextInt(1 << 23)); // subnormal
            case 2 -> random.nextInt(-5, 5);
            default -> {
                float any = Float.intBitsToFloat(random.nextInt());
                yield Float.isFinite(any) ? any : 0.1f;
            }
        };
    }

    private List<Field> fields(int level) {
        Set<String> keys = new LinkedHashSet<>();
        int count = random.nextInt(6);
        while (keys.size() < count) {
            String key = string(12);
            if (!key.isEmpty()) {
                keys.add(key);
            }
        }
        List<Field> fields = new ArrayList<>();
        keys.forEach(key -> fields.add(field(key, value(level))));
        return fields;
    }

    private Value value(int level) {
        return switch (random.nextInt(level < MAX_LEVEL ? 8 : 6)) {
            case 0 -> number(random.nextLong() >> random.nextInt(64));
            case 1 -> {
                double any = Double.longBitsToDouble(random.nextLong());
                yield number(Double.isFinite(any) ? any : -0.0);
            }
            case 2 -> text(string(40));
            case 3 -> Value.newBuilder().setBoolValue(random.nextBoolean()).build();
            case 4 ->
                    Value.newBuilder()
                            .setTimeMicros(random.nextLong(-MAX_MICROS / 10, MAX_MICROS))
                            .build();
            case 5 -> {
                double latitude = random.nextBoolean() ? 0 : random.nextDouble(-90, 90);
                double longitude = random.nextBoolean() ? -0.0 : random.nextDouble(-180, 180);
                GeoPoint.Builder geo =
                        GeoPoint.newBuilder().setLatitude(latitude).setLongitude(longitude);
                yield Value.newBuilder().setGeoValue(geo).build();
            }
            case 6 -> {
                Value[] values = new Value[random.nextInt(4)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = value(level + 1);
                }
                yield list(values);
            }
            default -> map(fields(level + 1).toArray(new Field[0]));
        };
    }

    private String string(int maxCodePoints) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(maxCodePoints); i > 0; i--) {
            int codePoint =
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(0x20);
                        case 1 -> random.nextInt(0xe000, 0x10000);
                        case 2 -> random.nextInt(0x10000, 0x110000);
                        default -> random.nextInt(' ', 0x7f);
                    };
            text.appendCodePoint(codePoint);
        }
        return text.toString();
    }

    /** The point as a user may write it in JSON. */
    static String json(Point point) {
        NamedVector vector = point.getVectors(0);
        String components =
                vector.getF32().getValuesList().stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "));
        String json = "{\"vectors\": {\"\": [" + components + "]}";
        return point.hasPayload()
                ? json + ", \"payload\": " + PayloadJson.print(point.getPayload()) + "}"
                : json + "}";
    }
}
