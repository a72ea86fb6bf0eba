package io.vectron.index.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vectron.index.Metric;
import io.vectron.index.vector.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs with the preferred lanes, and again with narrower ones (see the module's pom). */
class ScanTest {

    private static final int ROWS = 400;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Row i is linked to the rows behind it, as many as i mod 33. */
    private static final NeighbourLists LISTS =
            (row, to) -> {
                int count = row % (RecordLayout.DEGREE + 1);
                for (int i = 0; i < count; i++) {
                    to[i] = (row + 1 + i) % ROWS;
                }
                return count;
            };

    @ParameterizedTest
    @CsvSource({
        "EUCLIDEAN,1",
        "EUCLIDEAN,20",
        "EUCLIDEAN,128",
        "EUCLIDEAN,1000",
        "COSINE,65",
        "DOT,3",
        "DOT,64",
        "DOT,300",
        "EUCLIDEAN,16384"
    })
    void estimatesAreTheFormulaOverTheRecordAndNearTheTruth(Metric metric, int dimension) {
        ArrayRows rows = ArrayRows.random(dimension > 1_000 ? 40 : ROWS, dimension, 3);
        NeighbourLists lists =
                (row, to) -> {
                    int count = LISTS.read(row, to);
                    for (int i = 0; i < count; i++) {
                        to[i] %= rows.count();
                    }
                    return count;
                };
        RecordLayout layout = new RecordLayout(dimension, true);
        Coding coding = Coding.train(metric, layout, rows, lists);
        float[] scaled = new float[layout.codeBytes()];
        short[] code = new short[layout.codeBytes()];
        coding.quantizer().encodeQuery(rows.padded(1), scaled, code);
        ProductLookup lookup = new ProductLookup(layout);
        ProductQuantizer products = java.util.Objects.requireNonNull(coding.products());
        products.lookup(scaled, lookup);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment record = arena.allocate(layout.stride(), 64);
            RecordEncoder encoder = new RecordEncoder(coding, rows);
            int[] neighbours = new int[RecordLayout.DEGREE];
            for (int row = 0; row < Math.min(66, rows.count()); row++) {
                int count = lists.read(row, neighbours);
                encoder.encode(row, neighbours, count, record, 0);
                float[] expected = formula(layout, products, record, scaled);
                checkScan(layout, record, lookup, expected, count);
            }
        }
    }

    /** A − B (q · p), with the centroids themselves in place of the rounded table. */
    private static float[] formula(
            RecordLayout layout, ProductQuantizer products, MemorySegment record, float[] query) {
        float[] expected = new float[RecordLayout.DEGREE];
        for (int slot = 0; slot < expected.length; slot++) {
            double dot = 0;
            for (int m = 0; m < layout.subspaces(); m++) {
                long at = layout.productCodesAt() + (m / 2) * 32L + NeighbourEncoder.byteOf(slot);
                int code = record.get(ValueLayout.JAVA_BYTE, at) >> (4 * (m % 2)) & 15;
                for (int j = 0; j < 8; j++) {
                    dot += products.centroids()[(8 * m + j) * 16 + code] * query[8 * m + j];
                }
            }
            float a = record.get(FLOAT, layout.offsetsAt() + 4L * slot);
            float b = record.get(FLOAT, layout.factorsAt() + 4L * slot);
            expected[slot] = (float) (a - b * dot);
        }
        return expected;
    }

    private static void checkScan(
            RecordLayout layout,
            MemorySegment record,
            ProductLookup lookup,
            float[] expected,
            int count) {
        float[] estimates = new float[RecordLayout.DEGREE];
        float[] lower = new float[RecordLayout.DEGREE];
        int all =
                MappedScan.scan(
                        record.address() + layout.offsetsAt(),
                        lookup,
                        0,
                        Float.MAX_VALUE,
                        estimates);
        assertThat(all).isEqualTo(count == 32 ? -1 : (1 << count) - 1);
        float slack = 2 * lookup.step;
        MappedScan.scan(
                record.address() + layout.offsetsAt(), lookup, slack, Float.MAX_VALUE, lower);
        for (int slot = 0; slot < count; slot++) {
            float b = record.get(FLOAT, layout.factorsAt() + 4L * slot);
            // Each entry of the table is rounded by half a step; the errors are independent.
            float a = record.get(FLOAT, layout.offsetsAt() + 4L * slot);
            // What floats lose where large terms cancel out.
            float noise = 4e-6f * (Math.abs(a) + b * Math.abs(lookup.shift)) + 1e-2f;
            double rounding = b * lookup.step * (0.51 * Math.sqrt(lookup.subspaces) * 4 + 0.01);
            assertThat(estimates[slot]).isCloseTo(expected[slot], within((float) rounding + noise));
            assertThat(lower[slot]).isCloseTo(estimates[slot] - b * slack, within(noise));
        }
        float bound = estimates[0];
        int below =
                MappedScan.scan(record.address() + layout.offsetsAt(), lookup, 0, bound, estimates);
        for (int slot = 0; slot < RecordLayout.DEGREE; slot++) {
            boolean less = slot < count && estimates[slot] < bound;
            assertThat((below >>> slot & 1) == 1).as("slot %d", slot).isEqualTo(less);
        }
    }

    @Test
    void theLeastEstimatesAreThoseToWhichFewAreNearer() {
        Random random = new Random(8);
        float[] estimates = new float[RecordLayout.DEGREE];
        for (int round = 0; round < 200; round++) {
            int different = 1 + random.nextInt(40);
            for (int slot = 0; slot < estimates.length; slot++) {
                boolean none = random.nextInt(8) == 0;
                estimates[slot] = none ? Float.MAX_VALUE : random.nextInt(different) - 10;
            }
            float[] sorted = estimates.clone();
            Arrays.sort(sorted);
            int count = 1 + random.nextInt(RecordLayout.DEGREE);
            int least = MappedScan.least(estimates, count);
            for (int slot = 0; slot < estimates.length; slot++) {
                assertThat((least >>> slot & 1) == 1)
                        .as("slot %d of %s, %d wanted", slot, Arrays.toString(estimates), count)
                        .isEqualTo(estimates[slot] <= sorted[count - 1]);
            }
        }
    }

    /** On rows with structure, as real ones have, the estimates order the neighbours well. */
    @ParameterizedTest
    @CsvSource({"EUCLIDEAN,96", "COSINE,128", "DOT,96"})
    void estimatesAreCloseToTheDistancesOfCodes(Metric metric, int dimension) {
        ArrayRows rows = clustered(dimension);
        RecordLayout layout = new RecordLayout(dimension, true);
        NeighbourLists lists =
                (row, to) -> {
                    for (int i = 0; i < 32; i++) {
                        to[i] = (row + 20 * (i + 1)) % ROWS;
                    }
                    return 32;
                };
        Coding coding = Coding.train(metric, layout, rows, lists);
        float[] scaled = new float[layout.codeBytes()];
        short[] code = new short[layout.codeBytes()];
        ProductLookup lookup = new ProductLookup(layout);
        RecordWriterFixture fixture = new RecordWriterFixture(coding, rows, lists);
        double error = 0;
        double spread = 0;
        for (int query = 0; query < ROWS; query += 10) {
            coding.quantizer().encodeQuery(rows.padded(query), scaled, code);
            java.util.Objects.requireNonNull(coding.products()).lookup(scaled, lookup);
            double[] sums = fixture.errorAndSpread(query, code, lookup);
            error += sums[0];
            spread += sums[1];
        }
        // Of a dot product's difference all is estimated, of a distance's the length is known.
        // These
        // directions are noise, which half a bit a dimension halves at best; zeros would give 1.
        assertThat(error / spread).isLessThan(metric == Metric.DOT ? 0.4 : 0.05);
    }

    /** Twenty clusters; row i belongs to cluster i mod 20. */
    private static ArrayRows clustered(int dimension) {
        Random random = new Random(5);
        float[][] centres = new float[20][dimension];
        float[][] rows = new float[ROWS][dimension];
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < dimension; j++) {
                if (i < 20) {
                    centres[i][j] = (float) random.nextGaussian();
                }
                rows[i][j] = centres[i % 20][j] + 0.3f * (float) random.nextGaussian();
            }
        }
        return new ArrayRows(rows);
    }

    @Test
    void trainingIsRepeatable() {
        ArrayRows rows = clustered(40);
        RecordLayout layout = new RecordLayout(40, true);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment[] written = new MemorySegment[2];
            for (int i = 0; i < 2; i++) {
                written[i] = arena.allocate(ProductQuantizer.bytes(layout) + 1);
                Coding coding = Coding.train(Metric.EUCLIDEAN, layout, rows, LISTS);
                java.util.Objects.requireNonNull(coding.products()).write(written[i], 1);
            }
            assertThat(written[0].mismatch(written[1])).isEqualTo(-1);
            MemorySegment again = arena.allocate(ProductQuantizer.bytes(layout) + 1);
            ProductQuantizer.read(layout, written[0], 1).write(again, 1);
            assertThat(again.mismatch(written[0])).isEqualTo(-1);
            again.set(FLOAT, 9, 3f);
            assertThatThrownBy(() -> ProductQuantizer.read(layout, again, 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void rowsWithoutNeighboursAndEqualRowsAreCodedToo() {
        ArrayRows rows = new ArrayRows(new float[][] {{1, 2}, {1, 2}});
        RecordLayout layout = new RecordLayout(2, true);
        for (int degree = 0; degree < 2; degree++) {
            int count = degree;
            NeighbourLists lists =
                    (row, to) -> {
                        to[0] = 1 - row;
                        return count;
                    };
            Coding coding = Coding.train(Metric.EUCLIDEAN, layout, rows, lists);
            RecordWriterFixture fixture = new RecordWriterFixture(coding, rows, lists);
            float[] scaled = new float[layout.codeBytes()];
            short[] code = new short[layout.codeBytes()];
            ProductLookup lookup = new ProductLookup(layout);
            coding.quantizer().encodeQuery(new float[Kernels.PAD], scaled, code);
            java.util.Objects.requireNonNull(coding.products()).lookup(scaled, lookup);
            assertThat(fixture.errorAndSpread(0, code, lookup)[0]).isZero();
        }
    }
}
