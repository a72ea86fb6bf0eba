package io.vectron.index.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.vectron.index.Metric;
import io.vectron.index.vector.Scorer;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DistanceGrowthTest {

    private static final int DIMENSION = 24;

    /** Volume grows with the dimension-th power of a distance, rank with volume. */
    @ParameterizedTest
    @CsvSource({"EUCLIDEAN,1", "EUCLIDEAN,2", "EUCLIDEAN,4", "EUCLIDEAN,8", "COSINE,2", "COSINE,4"})
    void theExponentIsTwoDividedByTheDimensionInWhichTheRowsVary(Metric metric, int varying) {
        float[][] vectors = vectors(40_000, varying);
        Scorer scorer = new Scorer(metric);
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = scorer.prepared(vectors[i]);
        }

        DistanceGrowth growth = DistanceGrowth.learn(metric, DIMENSION, new ArrayRows(vectors));

        assertThat((double) growth.exponent()).isCloseTo(2.0 / varying, within(0.5 / varying));
        assertThat(growth.stretch(10, 100)).isGreaterThan(growth.stretch(10, 50));
        assertThat(growth.stretch(10, 10)).isEqualTo(1);
    }

    @Test
    void theScaleOfValuesDoesNotMatter() {
        float one = learned(1).exponent();
        assertThat(learned(1e-12f).exponent()).isCloseTo(one, within(1e-3f));
        assertThat(learned(1e12f).exponent()).isCloseTo(one, within(1e-3f));
    }

    private static DistanceGrowth learned(float scale) {
        float[][] vectors = vectors(2_000, 3);
        for (float[] vector : vectors) {
            for (int j = 0; j < DIMENSION; j++) {
                vector[j] *= scale;
            }
        }
        return DistanceGrowth.learn(Metric.EUCLIDEAN, DIMENSION, new ArrayRows(vectors));
    }

    @Test
    void itIsNotKnownOfFewRowsNorOfEqualOnesNorUnderTheDotProduct() {
        assertThat(DistanceGrowth.learn(Metric.EUCLIDEAN, DIMENSION, rows(999, 2)))
                .isEqualTo(DistanceGrowth.UNKNOWN);
        assertThat(
                        DistanceGrowth.learn(
                                Metric.EUCLIDEAN,
                                DIMENSION,
                                new ArrayRows(new float[2_000][DIMENSION])))
                .isEqualTo(DistanceGrowth.UNKNOWN);
        assertThat(DistanceGrowth.learn(Metric.DOT, DIMENSION, rows(2_000, 2)))
                .isEqualTo(DistanceGrowth.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itIsKeptBesideTheQuantizersAndTablesWithoutItAreRead(boolean fused) {
        ArrayRows rows = rows(1_500, 4);
        RecordLayout layout = new RecordLayout(DIMENSION, fused);
        NeighbourLists lists =
                (row, to) -> {
                    to[0] = (row + 1) % rows.count();
                    return 1;
                };
        Coding coding = Coding.train(Metric.EUCLIDEAN, layout, rows, lists);
        assertThat(coding.growth().exponent()).isPositive();
        MemorySegment bytes = MemorySegment.ofArray(new byte[(int) Coding.bytes(layout)]);
        coding.write(bytes);

        assertThat(Coding.read(Metric.EUCLIDEAN, layout, bytes).growth())
                .isEqualTo(coding.growth());
        MemorySegment before = bytes.asSlice(0, bytes.byteSize() - Float.BYTES);
        assertThat(Coding.read(Metric.EUCLIDEAN, layout, before).growth())
                .isEqualTo(DistanceGrowth.UNKNOWN);
        MemorySegment half = bytes.asSlice(0, bytes.byteSize() - 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Coding.read(Metric.EUCLIDEAN, layout, half));
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.1f, Float.NaN, Float.POSITIVE_INFINITY})
    void refusesWhatIsNoExponent(float exponent) {
        assertThatIllegalArgumentException().isThrownBy(() -> new DistanceGrowth(exponent));
    }

    private static ArrayRows rows(int count, int varying) {
        return new ArrayRows(vectors(count, varying));
    }

    /** Evenly spread over a cube of so many dimensions. */
    private static float[][] vectors(int count, int varying) {
        Random random = new Random(count + varying);
        float[][] vectors = new float[count][DIMENSION];
        for (float[] vector : vectors) {
            Arrays.fill(vector, 1);
            for (int j = 0; j < varying; j++) {
                vector[j] += 4 * random.nextFloat();
            }
        }
        return vectors;
    }
}
