package io.vectron.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The graph finds what an exact search finds, also among mostly dead rows. */
class RecallTest {

    @TempDir Path folder;

    private static final int ROWS = 6_000;
    private static final int DIMENSION = 48;
    private static final int CLUSTERS = 40;
    private static final int QUERIES = 100;
    private static final int K = 10;

    private BuilderPool pool;

    @BeforeEach
    void startPool() {
        pool = new BuilderPool(2);
    }

    @AfterEach
    void stopPool() {
        pool.close();
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void findsNearlyAllOfClusteredRows(Metric metric) {
        try (VectorIndex index = index(metric)) {
            Clusters clusters = new Clusters(1);
            fill(index, clusters);
            assertThat(recall(index, clusters, 100)).isGreaterThanOrEqualTo(0.95);
            // It was the graph that answered: a scan visits every row.
            SearchResult result = index.search(SearchQuery.of(clusters.point(0), K, 20));
            assertThat(result.visited()).isLessThan(ROWS / 2);
        }
    }

    /** Codes this long are compared by part, except for dot products. */
    @ParameterizedTest
    @EnumSource(Metric.class)
    void findsNearlyAllOfLongVectors(Metric metric) {
        try (VectorIndex index = index(metric, 384)) {
            Clusters clusters = new Clusters(4, 384);
            fill(index, clusters);
            assertThat(recall(index, clusters, 100)).isGreaterThanOrEqualTo(0.95);
            SearchResult result = index.search(SearchQuery.of(clusters.point(0), K, 20));
            assertThat(result.visited()).isLessThan(ROWS / 2);
        }
    }

    @Test
    void findsTheLiveRowsAmongNineTimesAsManyDead() {
        try (VectorIndex index = index(Metric.EUCLIDEAN)) {
            Clusters clusters = new Clusters(2);
            fill(index, clusters);
            kill(index, row -> row % 10 != 0);
            assertThat(index.stats().dead()).isEqualTo(ROWS * 9 / 10);
            assertThat(recall(index, clusters, 100)).isGreaterThanOrEqualTo(0.95);
            assertThat(recall(index, clusters, K)).isGreaterThanOrEqualTo(0.8);
        }
    }

    @Test
    void findsTheWayThroughARegionWhereAllIsDead() {
        try (VectorIndex index = index(Metric.EUCLIDEAN)) {
            Clusters clusters = new Clusters(3);
            fill(index, clusters);
            // Queries come from all clusters, and half of these are dead to the last row.
            kill(index, row -> row % CLUSTERS < CLUSTERS / 2);
            assertThat(recall(index, clusters, 100)).isGreaterThanOrEqualTo(0.95);
        }
    }

    @Test
    void survivesManyEqualVectors() {
        try (VectorIndex index = index(Metric.EUCLIDEAN)) {
            float[] same = new float[DIMENSION];
            for (int i = 0; i < 2_000; i++) {
                index.upsert("p%04d".formatted(i), i, same, VectorIndex.NONE);
            }
            index.publish(2_000);
            Await.noTail(index);
            List<SearchResult.Hit> hits = index.search(SearchQuery.of(same, K, 100)).hits();
            assertThat(hits).hasSize(K).allMatch(hit -> hit.distance() == 0);
            assertThat(index.search(SearchQuery.exact(same, 3)).hits())
                    .extracting(SearchResult.Hit::id)
                    .containsExactly("p0000", "p0001", "p0002");
        }
    }

    private VectorIndex index(Metric metric) {
        return index(metric, DIMENSION);
    }

    private VectorIndex index(Metric metric, int dimension) {
        IndexLimits limits = new IndexLimits(ROWS, 1L << 30, 2, 200, 0, 4_096);
        return Indexes.open(
                new IndexSpec(dimension, metric, limits), folder.resolve("" + metric), pool);
    }

    private static void fill(VectorIndex index, Clusters clusters) {
        for (int row = 0; row < ROWS; row++) {
            index.upsert("p" + row, row, clusters.point(row % CLUSTERS), VectorIndex.NONE);
        }
        index.publish(ROWS);
        Await.noTail(index);
    }

    private static void kill(VectorIndex index, IntPredicate which) {
        for (int row = 0; row < ROWS; row++) {
            if (which.test(row)) {
                index.delete(row, ROWS);
            }
        }
        index.publish(ROWS + 1);
    }

    private static double recall(VectorIndex index, Clusters clusters, int ef) {
        int found = 0;
        for (int i = 0; i < QUERIES; i++) {
            float[] query = clusters.point(i % CLUSTERS);
            var expected = index.search(SearchQuery.exact(query, K)).hits();
            assertThat(expected).hasSize(K);
            var hits = index.search(SearchQuery.of(query, K, ef)).hits();
            assertThat(hits).hasSize(K);
            found += IndexModel.found(expected, hits);
        }
        return found / (double) (QUERIES * K);
    }

    /** Points around random centres. */
    private static final class Clusters {

        private final Random random;
        private final float[][] centres = new float[CLUSTERS][];

        Clusters(long seed) {
            this(seed, DIMENSION);
        }

        Clusters(long seed, int dimension) {
            random = new Random(seed);
            for (int i = 0; i < CLUSTERS; i++) {
                centres[i] = gaussian(new float[dimension], 1);
            }
        }

        float[] point(int cluster) {
            return gaussian(centres[cluster], 0.5);
        }

        private float[] gaussian(float[] centre, double deviation) {
            float[] point = new float[centre.length];
            for (int i = 0; i < point.length; i++) {
                point[i] = (float) (centre[i] + deviation * random.nextGaussian());
            }
            return point;
        }
    }
}
