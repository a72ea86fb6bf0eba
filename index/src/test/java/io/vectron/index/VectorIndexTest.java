package io.vectron.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.index.sealed.SegmentWriter;
import io.vectron.index.vector.Scorer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorIndexTest {

    @TempDir Path folder;

    private static final IndexLimits SMALL = new IndexLimits(100, 1L << 20, 2, 10, 0, 20);

    private BuilderPool pool;
    private int folders;

    @BeforeEach
    void startPool() {
        pool = new BuilderPool(1);
    }

    @AfterEach
    void stopPool() {
        pool.close();
    }

    private VectorIndex index(int dimension, IndexLimits limits) {
        return Indexes.open(
                new IndexSpec(dimension, Metric.EUCLIDEAN, limits),
                folder.resolve("index" + folders++),
                pool);
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
            index.upsert("a", 0, new float[] {1}, VectorIndex.NONE);
            index.upsert("b", 1, new float[] {2}, VectorIndex.NONE);
            assertThat(index.search(query)).isEqualTo(new SearchResult(0, List.of(), 0));
            index.publish(2);
            index.upsert("a", 2, new float[] {3}, 0);
            index.delete(1, 3);
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
            assertThatThrownBy(() -> index.upsert("a", 4, new float[] {1}, VectorIndex.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("below the published position");
            assertThatThrownBy(() -> index.delete(0, 4))
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
        try (VectorIndex index = Indexes.open(spec, folder, pool)) {
            index.upsert("a", 0, new float[] {1, 0}, VectorIndex.NONE);
            for (float[] bad :
                    new float[][] {{1}, {1, 2, 3}, {0, 0}, {Float.NaN, 1}, {1, 1 / 0f}}) {
                assertThatThrownBy(() -> index.upsert("a", 1, bad, 0))
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
    void aFullHotSegmentIsFollowedByTheNextAndAdmissionSaysWhenTooManyWait() {
        try (VectorIndex index = index(1, SMALL)) {
            for (int i = 0; i < 250; i++) {
                index.upsert("p" + i, i, new float[] {i}, VectorIndex.NONE);
            }
            // Nothing is sealed before it is published.
            assertThat(index.stats().frozen()).isEqualTo(2);
            assertThat(index.admission(51)).isEqualTo(Admission.HOT_FULL);
            index.publish(250);
            Await.until("sealed", () -> index.stats().frozen() == 0);
            Await.noTail(index);
            assertThat(index.admission(51)).isEqualTo(Admission.ADMITTED);
            assertThat(index.stats().sealed().segments()).isEqualTo(2);
            assertThat(index.stats().sealed().rows()).isEqualTo(200);
            index.upsert("p30", 250, new float[] {0.5f}, 30);
            index.delete(1, 251);
            index.publish(252);
            assertThat(ids(index.search(SearchQuery.of(new float[] {0}, 3, 9))))
                    .containsExactly("p0", "p30", "p2");
        }
    }

    @Test
    void aRowThatDoesNotLiveCannotBeReplacedOrDeleted() {
        try (VectorIndex index = index(1, SMALL)) {
            index.upsert("a", 3, new float[] {1}, VectorIndex.NONE);
            assertThatThrownBy(() -> index.delete(2, 4))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no live row of version 2");
            index.upsert("a", 4, new float[] {1}, 3);
            assertThatThrownBy(() -> index.upsert("a", 5, new float[] {1}, 3))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> index.upsert("b", 4, new float[] {1}, VectorIndex.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not above");
        }
    }

    @Test
    void cutsWhatIsThere() {
        try (VectorIndex index = index(1, SMALL)) {
            index.cut();
            assertThat(index.stats().frozen()).isZero();
            index.upsert("a", 3, new float[] {1}, VectorIndex.NONE);
            index.cut();
            assertThat(index.stats().frozen()).isOne();
            index.publish(4);
            assertThat(ids(index.search(SearchQuery.of(new float[] {0}, 3, 9))))
                    .containsExactly("a");
            assertThat(index.wantsCut()).isFalse();
            for (int i = 0; i < 90; i++) {
                index.upsert("p" + i, 4 + i, new float[] {i}, VectorIndex.NONE);
            }
            assertThat(index.wantsCut()).isTrue();
        }
    }

    @Test
    void staysWithinItsBytes() {
        long bytes = 1 << 18;
        IndexLimits limits = new IndexLimits(1_000_000, bytes, 1, 10, 0, 2_000);
        try (VectorIndex index = index(100, limits)) {
            int rows = 0;
            while (index.admission(1) != Admission.HOT_FULL) {
                index.upsert("p" + rows, rows, new float[100], VectorIndex.NONE);
                rows++;
            }
            assertThat(index.stats().slabBytes()).isBetween(bytes * 3 / 2, 2 * bytes);
            assertThat(rows).isGreaterThan((int) (2 * bytes / 1_000));
        }
        assertThatThrownBy(() -> index(16_384, new IndexLimits(9, 1_000, 1, 1, 0, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("hotBytes");
    }

    @Test
    void aFullTailIsAdviceThatPassesByItself() {
        try (VectorIndex index = index(4, SMALL)) {
            Random random = new Random(1);
            for (int i = 0; i < 60; i++) {
                index.restoreRow("p" + i, i, random(random, 4)); // a restart: all at once
            }
            assertThat(index.admission(1)).isEqualTo(Admission.TAIL_FULL);
            index.publish(60);
            Await.noTail(index);
            assertThat(index.admission(1)).isEqualTo(Admission.ADMITTED);
            // Larger than the whole tail: else such a batch would never be admitted.
            assertThat(index.admission(35)).isEqualTo(Admission.ADMITTED);
            Await.until("counted", () -> index.stats().builds() == 60);
        }
    }

    @Test
    void aSmallIndexStaysFlat() {
        try (VectorIndex index = index(1, SMALL)) {
            for (int i = 0; i < 9; i++) {
                index.upsert("p" + i, i, new float[] {i}, VectorIndex.NONE);
            }
            index.publish(9);
            assertThat(index.stats().builds()).isZero();
            assertThat(index.stats().tailRows()).isEqualTo(9);
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
        try (VectorIndex index = Indexes.open(spec, folder, Indexes.NOBODY, pool, 5, failing)) {
            for (int i = 0; i < 30; i++) {
                index.upsert("p" + i, i, new float[] {i}, VectorIndex.NONE);
            }
            index.publish(30);
            Await.until("reported", () -> index.stats().failure() != null);
            assertThat(index.stats().failure()).contains("planted");
            assertThat(ids(index.search(SearchQuery.of(new float[] {7}, 1, 1))))
                    .containsExactly("p7");
            assertThat(index.admission(1)).isEqualTo(Admission.TAIL_FULL);
        }
    }

    @Test
    void rowsAreTakenIntoTheGraphWhileAFileIsWritten() {
        AtomicBoolean seen = new AtomicBoolean();
        Scorer watching =
                new Scorer(Metric.EUCLIDEAN) {
                    @Override
                    public float buildScore(float keyDistance) {
                        if (!seen.get()) {
                            seen.set(beneath(SegmentWriter.class));
                        }
                        return super.buildScore(keyDistance);
                    }
                };
        IndexLimits limits = new IndexLimits(5_000, 1L << 26, 2, 100, 0, 1_000);
        IndexSpec spec =
                new IndexSpec(4, Metric.EUCLIDEAN, limits, new GraphSpec(2, 2, 1.2f, 1.2f));
        Random random = new Random(5);
        int[] next = {0};
        try (VectorIndex index = Indexes.open(spec, folder, Indexes.NOBODY, pool, 5, watching)) {
            Await.until(
                    "a row inserted by whoever writes",
                    () -> {
                        while (index.admission(1) == Admission.ADMITTED && !seen.get()) {
                            int row = next[0]++;
                            index.upsert("p" + row, row, random(random, 4), VectorIndex.NONE);
                            index.publish(next[0]);
                        }
                        return seen.get();
                    });
        }
    }

    private static boolean beneath(Class<?> caller) {
        return StackWalker.getInstance()
                .walk(frames ->
                        frames.anyMatch(frame -> frame.getClassName().equals(caller.getName())));
    }

    @Test
    void tenThousandHitsAreServed() {
        IndexLimits limits = new IndexLimits(20_000, 1L << 26, 2, 10_000, 0, 20_000);
        try (VectorIndex index = index(2, limits)) {
            Random random = new Random(3);
            for (int i = 0; i < 12_000; i++) {
                index.upsert("p" + i, i, random(random, 2), VectorIndex.NONE);
            }
            index.publish(12_000);
            SearchResult result = index.search(SearchQuery.exact(new float[2], 10_000));
            assertThat(result.hits()).hasSize(10_000);
            assertThat(result.hits())
                    .isSortedAccordingTo((a, b) -> Float.compare(a.distance(), b.distance()));
        }
    }
}
