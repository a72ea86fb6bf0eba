package io.vectron.worker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.vectron.proto.log.v1.DenseF16;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Value;
import io.vectron.proto.log.v1.VectorSpec;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read without the general parser is what the general parser reads. */
class PointVectorsTest {
    private static final int DIMENSION = 3;
    private static final VectorSpec SPEC =
            VectorSpec.newBuilder()
                    .setName("v")
                    .setDimension(DIMENSION)
                    .setMetric(Metric.METRIC_COSINE)
                    .build();

    private final Random random = new Random(5);

    @Test
    void aCanonicalPointIsReadInPlace() throws Exception {
        Point point = Point.newBuilder().addVectors(vector("v", 1, -2, 3)).build();
        assertThat(PackedVectors.find(point.toByteString(), "v")).containsExactly(1, -2, 3);
        Point full = point.toBuilder().setPayload(payload()).build();
        assertThat(PackedVectors.find(full.toByteString(), "v")).containsExactly(1, -2, 3);
    }

    @Test
    void changedBytesAreReadAsTheGeneralParserReadsThem() {
        int fit = 0;
        int unfit = 0;
        for (int i = 0; i < 200_000; i++) {
            ByteString bytes = changed(point().toByteArray());
            float[] expected = general(bytes);
            switch (PointVectors.find(SPEC, bytes)) {
                case PointVectors.Found.Fit(var vector) -> {
                    assertThat(vector).as("%s", bytes).isEqualTo(expected);
                    fit++;
                }
                case PointVectors.Found.Unfit(var reason) -> {
                    assertThat(expected).as("%s: %s", bytes, reason).isNull();
                    unfit++;
                }
            }
        }
        assertThat(fit).isGreaterThan(20_000);
        assertThat(unfit).isGreaterThan(20_000);
    }

    private Point point() {
        Point.Builder point = Point.newBuilder();
        if (random.nextInt(4) == 0) {
            point.addVectors(vector("a", 4, 5));
        }
        if (random.nextInt(8) == 0) {
            DenseF16 half = DenseF16.newBuilder().setValues(ByteString.copyFromUtf8("ab")).build();
            point.addVectors(NamedVector.newBuilder().setName("v").setF16(half));
        }
        point.addVectors(vector("v", 1, random.nextFloat(), random.nextInt(3) - 1));
        if (random.nextBoolean()) {
            point.setPayload(payload());
        }
        return point.build();
    }

    private static Payload payload() {
        Value value = Value.newBuilder().setStringValue("text").build();
        return Payload.newBuilder()
                .addFields(Field.newBuilder().setKey("key").setValue(value))
                .build();
    }

    private static NamedVector vector(String name, float... values) {
        DenseF32.Builder dense = DenseF32.newBuilder();
        for (float value : values) {
            dense.addValues(value);
        }
        return NamedVector.newBuilder().setName(name).setF32(dense).build();
    }

    /** Up to three bytes changed, a piece left out, doubled or moved. */
    private ByteString changed(byte[] bytes) {
        for (int left = random.nextInt(4); left > 0; left--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        int from = random.nextInt(bytes.length);
        int to = from + random.nextInt(bytes.length - from);
        ByteString whole = ByteString.copyFrom(bytes);
        ByteString piece = whole.substring(from, to);
        return switch (random.nextInt(6)) {
            case 0 -> whole.substring(0, from).concat(whole.substring(to));
            case 1 -> whole.concat(piece);
            case 2 -> whole.substring(0, to).concat(piece).concat(whole.substring(to));
            case 3 -> whole.concat(whole);
            default -> whole;
        };
    }

    /** The first vector of the name, if it is one that fits. */
    private static float @Nullable [] general(ByteString bytes) {
        Point point;
        try {
            point = Point.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
        for (NamedVector candidate : point.getVectorsList()) {
            if (candidate.getName().equals("v")) {
                DenseF32 dense = candidate.getF32();
                float[] values = new float[dense.getValuesCount()];
                boolean fits = candidate.hasF32() && values.length == DIMENSION;
                for (int i = 0; i < values.length; i++) {
                    values[i] = dense.getValues(i);
                    fits &= Float.isFinite(values[i]);
                }
                float[] zero = new float[values.length];
                return fits && !same(values, zero) ? values : null;
            }
        }
        return null;
    }

    private static boolean same(float[] a, float[] b) {
        float[] absolute = a.clone();
        for (int i = 0; i < a.length; i++) {
            absolute[i] = Math.abs(a[i]);
        }
        return Arrays.equals(absolute, b);
    }
}
