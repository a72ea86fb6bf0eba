package io.vectron.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecTest {

    @TempDir Path folder;

    private static final DenseVector VECTOR = DenseVector.of(1, 2);

    @Test
    void recordsRejectNonsense() {
        List<ThrowingCallable> nonsense =
                List.of(
                        () -> new IndexSpec(0, Metric.DOT, IndexLimits.DEFAULT),
                        () -> new IndexSpec(16_385, Metric.DOT, IndexLimits.DEFAULT),
                        () -> new IndexLimits(0, 1, 1, 1, 0, 2),
                        () -> new IndexLimits(IndexLimits.MAX_ROWS + 1, 1, 1, 1, 0, 2),
                        () -> new IndexLimits(1, 0, 1, 1, 0, 2),
                        () -> new IndexLimits(1, 1, 0, 1, 0, 2),
                        () -> new IndexLimits(1, 1, 1_025, 1, 0, 2),
                        () -> new IndexLimits(1, 1, 1, 0, 0, 2),
                        () -> new IndexLimits(1, 1, 1, 1, -1, 2),
                        () -> new IndexLimits(1, 1, 1, 2, 0, 3),
                        () -> new GraphSpec(1, 100, 1.2f, 1f),
                        () -> new GraphSpec(513, 1_000, 1.2f, 1f),
                        () -> new GraphSpec(32, 31, 1.2f, 1f),
                        () -> new GraphSpec(32, 100, 0.9f, 1f),
                        () -> new GraphSpec(32, 100, Float.NaN, 1f),
                        () -> new GraphSpec(32, 100, 1.2f, 0.9f),
                        () -> new GraphSpec(32, 100, 1.2f, Float.NaN),
                        () -> new SearchQuery(VECTOR, 0, 1, false),
                        () -> new SearchQuery(VECTOR, 10_001, 1, false),
                        () -> new SearchQuery(VECTOR, 1, 0, false),
                        () -> new SearchQuery(VECTOR, 1, 10_001, false),
                        () -> new SearchResult(-1, List.of(), 0),
                        () -> new SearchResult(0, List.of(), -1),
                        DenseVector::of);
        for (int i = 0; i < nonsense.size(); i++) {
            assertThatThrownBy(nonsense.get(i))
                    .as("case %d", i)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void vectorsAreValues() {
        float[] values = {1, 2};
        DenseVector vector = DenseVector.of(values);
        values[0] = 9;
        vector.toArray()[1] = 9;
        assertThat(vector).isEqualTo(VECTOR).hasSameHashCodeAs(VECTOR);
        assertThat(vector).isNotEqualTo(DenseVector.of(9, 2));
        assertThat(vector.dimension()).isEqualTo(2);
        assertThat(vector).hasToString("[1.0, 2.0]");
    }

    @Test
    void efIsRaisedToTopK() {
        try (BuilderPool pool = new BuilderPool(1);
                VectorIndex index =
                        Indexes.open(
                                new IndexSpec(
                                        1,
                                        Metric.EUCLIDEAN,
                                        new IndexLimits(1_000, 1 << 20, 2, 10, 0, 1_000)),
                                folder,
                                pool)) {
            for (int i = 0; i < 500; i++) {
                index.upsert("p" + i, i, new float[] {i}, VectorIndex.NONE);
            }
            index.publish(500);
            Await.noTail(index);
            assertThat(index.search(SearchQuery.of(new float[] {3}, 50, 1)).hits()).hasSize(50);
        }
    }
}
