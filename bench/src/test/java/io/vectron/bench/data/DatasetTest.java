package io.vectron.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vectron.index.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
    private static final int ALL = Integer.MAX_VALUE;

    @TempDir private Path folder;

    @Test
    void halvesAreNormalisedForCosine() throws IOException {
        DataFolder.halves(folder.resolve("base.f16bin"), new float[][] {{3, 4}, {0, 2}});
        DataFolder.halves(folder.resolve("query.f16bin"), new float[][] {{5, 0}});
        Dataset data = Dataset.open(folder, null, ALL);
        assertThat(data.metric()).isEqualTo(Metric.COSINE);
        assertThat(data.row(0)).containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
        assertThat(data.query(0)).containsExactly(1f, 0f);
        assertThat(Dataset.open(folder, Metric.DOT, ALL).row(0)).containsExactly(3f, 4f);
    }

    @Test
    void bytesAreEuclideanAndUnsigned() throws IOException {
        DataFolder.bytes(folder.resolve("base.u8bin"), new int[][] {{255, 0}, {7, 128}});
        DataFolder.bytes(folder.resolve("query.u8bin"), new int[][] {{1, 2}});
        Dataset data = Dataset.open(folder, null, ALL);
        assertThat(data.metric()).isEqualTo(Metric.EUCLIDEAN);
        assertThat(data.row(0)).containsExactly(255f, 0f);
        assertThat(data.row(1)).containsExactly(7f, 128f);
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> Dataset.open(folder, null, ALL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has no base.f16bin or base.u8bin");
        assertThatThrownBy(() -> Dataset.open(folder.resolve("none"), null, ALL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no such folder");
    }

    @Test
    void aFileThatContradictsItselfOrAnotherIsRefused() throws IOException {
        Path base = folder.resolve("base.f16bin");
        DataFolder.halves(base, new float[][] {{3, 4}, {0, 2}});
        DataFolder.halves(folder.resolve("query.f16bin"), new float[][] {{5, 0, 1}});
        assertThatThrownBy(() -> Dataset.open(folder, null, ALL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has 3 columns, but base.f16bin 2");
        byte[] whole = Files.readAllBytes(base);
        Files.write(base, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> Dataset.open(folder, null, ALL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("take 16 bytes, but has 15");
        Files.write(base, new byte[5]);
        assertThatThrownBy(() -> Dataset.open(folder, null, ALL))
                .hasMessageContaining("too short for a header");
    }

    @Test
    void answersOfTheFolderServeItsOwnMetricAndAllRows() throws IOException {
        DataFolder.bytes(folder.resolve("base.u8bin"), new int[][] {{0, 9}, {0, 1}, {0, 5}});
        DataFolder.bytes(folder.resolve("query.u8bin"), new int[][] {{0, 0}});
        int[][] planted = {{2, 1, 0}}; // not what comparing gives
        DataFolder.ints(folder.resolve("groundtruth100.ibin"), planted);
        assertThat(Truth.of(Dataset.open(folder, null, ALL), null).nearest(0, 3))
                .containsExactly(2, 1, 0);
        assertThat(Truth.of(Dataset.open(folder, null, 2), null).nearest(0, 3))
                .containsExactly(1, 0);
        assertThat(Truth.of(Dataset.open(folder, Metric.DOT, ALL), null).nearest(0, 1)).hasSize(1);
    }

    @Test
    void answersThatDoNotFitTheDataAreRefused() throws IOException {
        DataFolder.bytes(folder.resolve("base.u8bin"), new int[][] {{0, 9}, {0, 1}});
        DataFolder.bytes(folder.resolve("query.u8bin"), new int[][] {{0, 0}});
        Path truth = folder.resolve("groundtruth100.ibin");
        Dataset data = Dataset.open(folder, null, ALL);
        DataFolder.ints(truth, new int[][] {{1}});
        assertThatThrownBy(() -> Truth.of(data, null)).hasMessageContaining("has 1 x 1 answers");
        DataFolder.ints(truth, new int[][] {{1, 2}});
        assertThatThrownBy(() -> Truth.of(data, null)).hasMessageContaining("with row 2: none");
    }

    @Test
    void computedAnswersAreThoseOfComparingOneByOneAndAreKept() throws IOException {
        DataFolder.synthetic(folder, 700, 20, 24);
        Path cache = folder.resolve("cache");
        for (Metric metric : Metric.values()) {
            Dataset data = Dataset.open(folder, metric, 650);
            Truth truth = Truth.of(data, cache);
            int[][] nearest = new int[20][];
            for (int q = 0; q < 20; q++) {
                nearest[q] = oneByOne(data, data.query(q));
                assertThat(truth.nearest(q, Truth.DEPTH))
                        .as("%s %d", metric, q)
                        .containsExactly(nearest[q]);
            }
            assertThat(truth.recall(nearest, 10)).isEqualTo(1);
            assertThat(Truth.of(data, cache).nearest(3, 100)).containsExactly(nearest[3]);
        }
        try (var kept = Files.list(cache)) {
            assertThat(kept).hasSize(3);
        }
    }

    private static int[] oneByOne(Dataset data, float[] query) {
        double[] keys = new double[data.rows()];
        for (int row = 0; row < keys.length; row++) {
            float[] vector = data.row(row);
            for (int i = 0; i < query.length; i++) {
                double difference = query[i] - vector[i];
                keys[row] +=
                        data.metric() == Metric.EUCLIDEAN
                                ? difference * difference
                                : -query[i] * vector[i];
            }
        }
        Integer[] rows = new Integer[keys.length];
        Arrays.setAll(rows, row -> row);
        Arrays.sort(rows, (one, other) -> Double.compare(keys[one], keys[other]));
        return Arrays.stream(rows).limit(Truth.DEPTH).mapToInt(row -> row).toArray();
    }

    @Test
    void recallCountsTheWantedOnesAmongTheFirstAnswers() throws IOException {
        DataFolder.bytes(folder.resolve("base.u8bin"), new int[][] {{1}, {2}, {3}, {4}});
        DataFolder.bytes(folder.resolve("query.u8bin"), new int[][] {{0}, {9}});
        Truth truth = Truth.compute(Dataset.open(folder, null, ALL));
        assertThat(truth.recall(new int[][] {{0, 1}, {3, 2}}, 2)).isEqualTo(1);
        assertThat(truth.recall(new int[][] {{0, 3}, {-1, -1}}, 2)).isEqualTo(0.25);
        assertThat(truth.recall(new int[][] {{3, 2, 0, 1}, {3, 0}}, 2)).isEqualTo(0.25);
    }
}
