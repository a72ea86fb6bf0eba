package io.vectron.common.record;

import static io.vectron.common.record.Points.NO_HEADERS;
import static io.vectron.common.record.RuleExamples.ID;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.record.RuleExamples.Example;
import io.vectron.common.record.Validated.Rejected;
import io.vectron.common.record.Validated.Upsert;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordValidatorRandomTest {
    private static final int DIMENSION = 5;
    private static final int POINTS = 500;
    private static final int MUTATIONS = 10_000;

    private final RecordValidator validator =
            new RecordValidator(Points.facts(DIMENSION, Metric.METRIC_COSINE, 1));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void jsonAndProtobufOfOnePointAreOneCanonicalForm(long seed) {
        RandomPoints points = new RandomPoints(new SplittableRandom(seed), DIMENSION);
        for (int i = 0; i < POINTS; i++) {
            Point point = points.point();
            byte[] canonical = upsert(point.toByteArray());

            assertThat(upsert(RandomPoints.json(point).getBytes(UTF_8)))
                    .as("seed %d, point %d: %s", seed, i, point)
                    .isEqualTo(canonical);
            assertThat(upsert(canonical)).isSameAs(canonical);
            assertThat(((Upsert) validator.validate("id", point)).point().bytes())
                    .isEqualTo(canonical);
            // Sorting is all that may have happened to the content.
            assertThat(canonical).hasSizeLessThanOrEqualTo(point.getSerializedSize());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void nothingMakesItThrow(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RandomPoints points = new RandomPoints(random, DIMENSION);
        List<byte[]> seeds = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Point point = points.point();
            seeds.add(point.toByteArray());
            seeds.add(RandomPoints.json(point).getBytes(UTF_8));
            seeds.add(RecordValidatorTest.concat(new byte[6], point.toByteArray()));
        }
        for (Example example : RuleExamples.all()) {
            byte[] value = example.value();
            if (value != null && value.length < 1_000) {
                seeds.add(value);
            }
        }
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] value = mutated(seeds.get(random.nextInt(seeds.size())), seeds, random);
            byte[] before = value.clone();
            switch (validator.validate(ID, value, NO_HEADERS, 0)) {
                case Upsert(String id, CanonicalPoint point) -> {
                    assertThat(upsert(point.bytes())).isSameAs(point.bytes());
                    assertThat(point.dense("")).hasSize(DIMENSION);
                }
                case Rejected(Rule rule, String reason, String id) -> {
                    assertThat(id).isEqualTo("id");
                    assertThat(reason).isNotBlank();
                }
                case Validated.Delete delete -> throw new AssertionError(delete);
                case Validated.Barrier barrier -> throw new AssertionError(barrier);
            }
            assertThat(value).isEqualTo(before);
        }
    }

    @Test
    void readsDecimalsAsTheNearestFloat() {
        SplittableRandom random = new SplittableRandom(7);
        RecordValidator one = new RecordValidator(Points.facts(1, Metric.METRIC_DOT, 1));
        for (int i = 0; i < 5_000; i++) {
            float below = Float.intBitsToFloat(random.nextInt(0x7f7fffff));
            // Next to the middle of two floats, where a detour by double would round twice.
            BigDecimal middle =
                    new BigDecimal(below)
                            .add(new BigDecimal(Math.nextUp(below)))
                            .divide(BigDecimal.valueOf(2));
            BigDecimal hair = middle.ulp().movePointLeft(random.nextInt(1, 20));
            BigDecimal decimal =
                    switch (random.nextInt(3)) {
                        case 0 -> middle;
                        case 1 -> middle.add(hair);
                        default -> middle.subtract(hair);
                    };
            String json = "{\"vector\":[" + decimal + "]}";

            Upsert accepted = (Upsert) one.validate(ID, json.getBytes(UTF_8), NO_HEADERS, 0);

            assertThat(accepted.point().dense("")[0])
                    .as(json)
                    .isEqualTo(Float.parseFloat(decimal.toString()));
        }
    }

    private byte[] upsert(byte[] value) {
        Validated outcome = validator.validate(ID, value, NO_HEADERS, 0);
        assertThat(outcome).isInstanceOf(Upsert.class);
        return ((Upsert) outcome).point().bytes();
    }

    private static byte[] mutated(byte[] seed, List<byte[]> seeds, SplittableRandom random) {
        byte[] value = seed.clone();
        for (int edits = random.nextInt(4); edits >= 0 && value.length > 0; edits--) {
            int at = random.nextInt(value.length);
            switch (random.nextInt(5)) {
                case 0 -> value[at] = (byte) random.nextInt();
                case 1 -> value[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> value = Arrays.copyOf(value, at);
                case 3 -> {
                    byte[] tail = seeds.get(random.nextInt(seeds.size()));
                    value = RecordValidatorTest.concat(Arrays.copyOf(value, at), tail);
                }
                default -> {
                    byte[] head = Arrays.copyOf(value, at);
                    byte[] tail = Arrays.copyOfRange(value, at, value.length);
                    byte[] noise = new byte[random.nextInt(1, 8)];
                    random.nextBytes(noise);
                    value = RecordValidatorTest.concat(head, noise, tail);
                }
            }
        }
        return value;
    }
}
