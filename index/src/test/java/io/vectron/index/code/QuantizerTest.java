package io.vectron.index.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vectron.index.Metric;
import io.vectron.index.vector.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with the preferred lanes, and again with narrower ones (see the module's pom). */
class QuantizerTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64, 100, 384, 1_537})
    void distancesOfCodesAreThoseOfRowsInUnitsOfTheScale(int dimension) {
        ArrayRows rows = ArrayRows.random(500, dimension, 7);
        Quantizer quantizer = Quantizer.train(Metric.EUCLIDEAN, dimension, rows);
        int bytes = quantizer.codeBytes();
        CodeTable codes = CodeTables.of(Arena.global(), codes(quantizer, rows), bytes);
        float[] scaled = new float[bytes];
        short[] query = new short[bytes];
        quantizer.encodeQuery(rows.padded(3), scaled, query);
        for (int row = 0; row < rows.count(); row += 17) {
            double squares = 0;
            for (int j = 0; j < dimension; j++) {
                squares += Math.pow(rows.padded(3)[j] - rows.padded(row)[j], 2);
            }
            int distance = CodeKernels.squared(query, codes.address(row), 0, bytes);
            assertThat(codes.squared(3, row)).isEqualTo(distance);
            // The widest dimension of values from 0 to 10 spans 127 steps; each rounds by half.
            double steps = Math.sqrt(squares) * 127 / 10;
            assertThat(Math.sqrt(distance))
                    .isCloseTo(steps, within(0.02 * steps + 1.01 * Math.sqrt(dimension)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64, 100, 1_537})
    void signedQueriesOrderByTheDotProduct(int dimension) {
        ArrayRows rows = ArrayRows.random(300, dimension, 5);
        Quantizer quantizer = Quantizer.train(Metric.DOT, dimension, rows);
        int bytes = quantizer.codeBytes();
        CodeTable codes = CodeTables.of(Arena.global(), codes(quantizer, rows), bytes);
        float[] vector = new float[Kernels.padded(dimension)];
        Random random = new Random(9);
        for (int j = 0; j < dimension; j++) {
            vector[j] = (float) random.nextGaussian();
        }
        short[] query = new short[bytes];
        quantizer.encodeQuery(vector, new float[bytes], query);
        double[] dots = new double[rows.count()];
        double[] coded = new double[rows.count()];
        double largest = 0;
        for (float value : vector) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int row = 0; row < rows.count(); row++) {
            coded[row] =
                    CodeKernels.dot(query, codes.address(row), bytes) * largest / 127 * 10 / 127;
            for (int j = 0; j < dimension; j++) {
                dots[row] += vector[j] * rows.padded(row)[j];
            }
        }
        double constant = dots[0] - coded[0];
        for (int row = 1; row < rows.count(); row++) {
            double error = dots[row] - coded[row] - constant;
            assertThat(error).isCloseTo(0, within(0.25 * largest * Math.sqrt(dimension)));
        }
    }

    private static byte[] codes(Quantizer quantizer, Rows rows) {
        int bytes = quantizer.codeBytes();
        byte[] codes = new byte[rows.count() * bytes];
        float[] row = new float[Kernels.padded(quantizer.dimension())];
        float[] scaled = new float[bytes];
        for (int i = 0; i < rows.count(); i++) {
            rows.read(i, row);
            quantizer.scale(row, scaled);
            quantizer.encode(scaled, codes, i * bytes);
        }
        return codes;
    }

    @Test
    void codesStayInRangeWhateverTheValues() {
        float[][] extremes = {
            {0, 0, 0},
            {1, 1, 1},
            {-Float.MAX_VALUE, Float.MAX_VALUE, 0},
            {Float.MAX_VALUE, -Float.MAX_VALUE, 0},
            {Float.MIN_VALUE, 0, -Float.MIN_VALUE},
            {1e30f, 1e-30f, 5}
        };
        for (int trained = 0; trained < extremes.length; trained++) {
            for (int to = trained + 1; to <= extremes.length; to++) {
                ArrayRows sample = new ArrayRows(Arrays.copyOfRange(extremes, trained, to));
                for (Metric metric : Metric.values()) {
                    Quantizer quantizer = Quantizer.train(metric, 3, sample);
                    byte[] codes = codes(quantizer, new ArrayRows(extremes));
                    for (int i = 0; i < codes.length; i++) {
                        assertThat(codes[i]).isBetween((byte) 0, (byte) 127);
                        assertThat(codes[i]).isLessThanOrEqualTo((byte) (i % 64 < 3 ? 127 : 0));
                    }
                    for (float[] vector : extremes) {
                        checkQuery(quantizer, Arrays.copyOf(vector, 16));
                    }
                }
            }
        }
    }

    private static void checkQuery(Quantizer quantizer, float[] vector) {
        float[] scaled = new float[64];
        short[] query = new short[64];
        quantizer.encodeQuery(vector, scaled, query);
        for (int j = 0; j < 64; j++) {
            int least = quantizer.signed() ? -127 : 0;
            int value = query[QueryOrder.place(j)];
            assertThat(value).isBetween(j < 3 ? least : 0, j < 3 ? 127 : 0);
            assertThat(scaled[j]).isBetween(-127f, 127f);
        }
    }

    @Test
    void constantDimensionsAndSingleRowsAreInTheMiddle() {
        ArrayRows one = new ArrayRows(new float[][] {{5, -3, 0}});
        byte[] codes = codes(Quantizer.train(Metric.EUCLIDEAN, 3, one), one);
        assertThat(Arrays.copyOf(codes, 4)).containsExactly(64, 64, 64, 0);
    }

    @Test
    void aFewOutliersDoNotTakeTheCodesFromTheOthers() {
        ArrayRows rows = ArrayRows.random(20_000, 2, 3);
        rows.padded(77)[0] = 1e6f;
        Quantizer quantizer = Quantizer.train(Metric.EUCLIDEAN, 2, rows);
        byte[] codes = codes(quantizer, rows);
        long different = 0;
        boolean[] seen = new boolean[128];
        for (int i = 0; i < codes.length; i += 64) {
            different += seen[codes[i]] ? 0 : 1;
            seen[codes[i]] = true;
        }
        assertThat(different).isGreaterThan(120);
        assertThat(codes[77 * 64]).isEqualTo((byte) 127);
    }

    @Test
    void refusesToLearnFromNothing() {
        assertThatThrownBy(() -> Quantizer.train(Metric.DOT, 3, new ArrayRows(new float[0][])))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isReadAsItWasWritten() {
        ArrayRows rows = ArrayRows.random(50, 10, 3);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(3 + Quantizer.bytes(10));
            Quantizer written = Quantizer.train(Metric.COSINE, 10, rows);
            written.write(memory, 3);
            Quantizer read = Quantizer.read(Metric.COSINE, 10, memory, 3);
            assertThat(codes(read, rows)).isEqualTo(codes(written, rows));
            memory.set(java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED, 3, Float.NaN);
            assertThatThrownBy(() -> Quantizer.read(Metric.COSINE, 10, memory, 3))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
