package io.vectron.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.index.vector.Scorer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VectorIndexTest {

    private static final IndexLimits SMALL = new IndexLimits(100, 1L << 20, 10, 0, 20, 1_000);

    private BuilderPool pool;

    @BeforeEach
    void startPool() {
        pool = new BuilderPool(1);
    }

    @AfterEach
    void stopPool() {
        pool.close();
    }

    private VectorIndex index(int dimension, IndexLimits limits) {
        return new VectorIndex(new IndexSpec(dimension, Metric.EUCLIDEAN, limits), pool, "test");
    }

    private static List<String> ids(SearchResult result) {
        return result.hits().stream().map(SearchResult.Hit::id).toList();
    }

    private static float[] random(Random random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = random.nextFloat();
        }
        return vector;
    }

    @Test
    void showsNothingBeforeItIsPublishedAndAllOfItAfterwards() {
        try (VectorIndex index = index(1, SMALL)) {
            SearchQuery query = SearchQuery.of(new float[] {0}, 10, 10);
            index.upsert("a", 0, new float[] {1});
            index.upsert("b", 1, new float[] {2});
            assertThat(index.search(query)).isEqualTo(new SearchResult(0, List.of(), 0));
            index.publish(2);
            index.upsert("a", 2, new float[] {3});
            index.delete("b", 3);
            assertThat(ids(index.search(query))).containsExactly("a", "b");
            index.publish(3);
            SearchResult updated = index.search(query);
            assertThat(updated.position()).isEqualTo(3);
            assertThat(updated.hits())
                    .containsExactly(
                            new SearchResult.Hit("b", 1, 2f, 1 / 3f),
                            new SearchResult.Hit("a", 2, 3f, 0.25f));
            index.publish(4);
            assertThat(ids(index.search(query))).containsExactly("a");
        }
    }

    @Test
    void keepsPositionsInOrder() {
        try (VectorIndex index = index(1, SMALL)) {
            index.publish(5);
            assertThatThrownBy(() -> index.publish(4)).hasMessageContaining("fall");
            assertThatThrownBy(() -> index.upsert("a", 4, new float[] {1}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("below the published position");
            assertThatThrownBy(() -> index.delete("a", 4))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> index.restoreRow("a", 6, new float[] {1}))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(index.position()).isEqualTo(5);
            assertThat(index.stats().rows()).isZero();
        }
    }

    @Test
    void refusesVectorsItCannotPlaceAndStaysAsItWas() {
        IndexSpec spec = new IndexSpec(2, Metric.COSINE, SMALL);
        try (VectorIndex index = new VectorIndex(spec, pool, "test")) {
            index.upsert("a", 0, new float[] {1, 0});
            for (float[] bad :
                    new float[][] {{1}, {1, 2, 3}, {0, 0}, {Float.NaN, 1}, {1, 1 / 0f}}) {
                assertThatThrownBy(() -> index.upsert("a", 1, bad))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> index.search(SearchQuery.of(bad, 1, 1)))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            index.publish(2);
            assertThat(index.search(SearchQuery.of(new float[] {2, 0}, 5, 5)).hits())
                    .containsExactly(new SearchResult.Hit("a", 0, 0f, 1f));
            assertThat(index.stats().rows()).isOne();
        }
    }

    @Test
    void aFullSlabRefusesClearlyAndSaysSoBefore() {
        try (VectorIndex index = index(1, SMALL)) {
            for (int i = 0; i < 100; i++) {
                index.upsert("p" + i, i, new float[] {i});
            }
            index.publish(100);
            Await.noTail(index);
            assertThat(index.admission(0)).isEqualTo(Admission.ADMITTED);
            assertThat(index.admission(1)).isEqualTo(Admission.SLAB_FULL);
            assertThatThrownBy(() -> index.upsert("p0", 100, new float[] {0}))
                    .isInstanceOf(SlabFullException.class)
                    .hasMessageContaining("slab full at 100 rows");
            index.delete("p1", 100);
            index.publish(101);
            assertThat(ids(index.search(SearchQuery.of(new float[] {0}, 2, 9))))
                    .containsExactly("p0", "p2");
        }
    }

    @Test
    void staysWithinItsBytes() {
        long bytes = 1 << 18;
        IndexLimits limits = new IndexLimits(1_000_000, bytes, 10, 0, 2_000, 1_000);
        try (VectorIndex index = index(100, limits)) {
            int rows = 0;
            while (index.admission(1) != Admission.SLAB_FULL) {
                index.upsert("p" + rows, rows, new float[100]);
                rows++;
            }
            assertThat(index.stats().slabBytes()).isBetween(bytes * 3 / 4, bytes);
            assertThat(rows).isGreaterThan((int) (bytes / 1_000));
        }
        assertThatThrownBy(() -> index(16_384, new IndexLimits(9, 1_000, 1, 0, 2, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxSlabBytes");
    }

    @Test
    void aFullTailIsAdviceThatPassesByItself() {
        try (VectorIndex index = index(4, SMALL)) {
            Random random = new Random(1);
            for (int i = 0; i < 60; i++) {
                index.restoreRow("p" + i, i, random(random, 4)); // a restart: all at once
            }
            assertThat(index.admission(1)).isEqualTo(Admission.TAIL_FULL);
            assertThat(index.overloaded(1)).isTrue();
            index.publish(60);
            Await.noTail(index);
            assertThat(index.overloaded(1)).isFalse();
            // Larger than the whole tail: else such a batch would never be admitted.
            assertThat(index.admission(35)).isEqualTo(Admission.ADMITTED);
            assertThat(index.stats().builds()).isEqualTo(60);
        }
    }

    @Test
    void aSmallIndexStaysFlatAndAdmitsItsFirstRows() {
        try (VectorIndex index = index(1, SMALL)) {
            for (int i = 0; i < 9; i++) {
                assertThat(index.admission(1_000)).isEqualTo(Admission.SLAB_FULL);
                assertThat(index.admission(90)).isEqualTo(Admission.ADMITTED);
                index.upsert("p" + i, i, new float[] {i});
            }
            index.publish(9);
            assertThat(index.stats().graphRows()).isZero();
            assertThat(index.stats().tailRows()).isEqualTo(9);
        }
    }

    @Test
    void restoresARowOnce() {
        try (VectorIndex index = index(1, SMALL)) {
            index.restoreRow("a", 7, new float[] {1});
            assertThatThrownBy(() -> index.restoreRow("a", 8, new float[] {1}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("twice");
            index.publish(40);
            assertThat(index.search(SearchQuery.of(new float[] {1}, 1, 1)).hits())
                    .containsExactly(new SearchResult.Hit("a", 7, 0f, 1f));
        }
    }

    @Test
    void updatesWithoutEndFitIntoTheSlab() {
        IndexLimits limits = new IndexLimits(600, 1L << 20, 20, 0, 600, 50);
        try (VectorIndex index = index(4, limits)) {
            Random random = new Random(5);
            long offset = 0;
            for (int round = 0; round < 60; round++) {
                for (int i = 0; i < 100; i++) {
                    index.upsert("p" + i, offset++, random(random, 4));
                }
                index.publish(offset);
                long published = offset;
                Await.until(
                        "room",
                        () -> {
                            index.publish(published);
                            return index.admission(100) == Admission.ADMITTED;
                        });
            }
            IndexStats stats = index.stats();
            assertThat(stats.compactions()).isGreaterThan(5);
            assertThat(stats.live()).isEqualTo(100);
            assertThat(stats.rows()).isLessThanOrEqualTo(600);
            SearchResult all = index.search(SearchQuery.exact(new float[4], 1_000));
            assertThat(all.hits()).hasSize(100).allMatch(hit -> hit.version() >= 5_900);
        }
    }

    @Test
    void aFailedBuildIsReportedAndSearchesStayRight() {
        Scorer failing =
                new Scorer(Metric.EUCLIDEAN) {
                    @Override
                    public float buildScore(float keyDistance) {
                        throw new IllegalStateException("planted");
                    }
                };
        IndexSpec spec = new IndexSpec(1, Metric.EUCLIDEAN, SMALL);
        try (VectorIndex index = new VectorIndex(spec, pool, "test", 5, failing)) {
            for (int i = 0; i < 30; i++) {
                index.upsert("p" + i, i, new float[] {i});
            }
            index.publish(30);
            Await.until("reported", () -> index.stats().buildFailure() != null);
            assertThat(index.stats().buildFailure()).contains("planted");
            assertThat(ids(index.search(SearchQuery.of(new float[] {7}, 1, 1))))
                    .containsExactly("p7");
            assertThat(index.admission(1)).isEqualTo(Admission.TAIL_FULL);
        }
    }

    @Test
    void tenThousandHitsAreServed() {
        IndexLimits limits = new IndexLimits(20_000, 1L << 26, 10_000, 0, 20_000, 20_000);
        try (VectorIndex index = index(2, limits)) {
            Random random = new Random(3);
            for (int i = 0; i < 12_000; i++) {
                index.upsert("p" + i, i, random(random, 2));
            }
            index.publish(12_000);
            SearchResult result = index.search(SearchQuery.exact(new float[2], 10_000));
            assertThat(result.hits()).hasSize(10_000);
            assertThat(result.hits())
                    .isSortedAccordingTo((a, b) -> Float.compare(a.distance(), b.distance()));
        }
    }
}
