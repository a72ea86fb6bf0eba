package io.vectron.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vectron.index.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScorerTest {

    private static final float[] ASCENDING = {
        Float.NEGATIVE_INFINITY,
        -Float.MAX_VALUE,
        -1e10f,
        -1f,
        -0.5f,
        -1e-30f,
        0f,
        Float.MIN_VALUE,
        1e-30f,
        1e-7f,
        0.5f,
        1f,
        1.0000001f,
        1e10f,
        Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NaN
    };

    @Test
    void sortableIntsOrderAsFloatsDo() {
        for (int i = 1; i < ASCENDING.length; i++) {
            assertThat(Scorer.sortable(ASCENDING[i]))
                    .isGreaterThan(Scorer.sortable(ASCENDING[i - 1]));
        }
        for (float value : ASCENDING) {
            assertThat(Float.compare(Scorer.unsortable(Scorer.sortable(value)), value)).isZero();
        }
        assertThat(Scorer.sortable(-0f)).isEqualTo(Scorer.sortable(0f));
        assertThat(Scorer.sortable(Float.intBitsToFloat(0xffc00000)))
                .isEqualTo(Scorer.sortable(Float.NaN));
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void buildScoresAreNotNegativeAndOrderAsDistances(Metric metric) {
        Scorer scorer = new Scorer(metric);
        float former = Float.POSITIVE_INFINITY;
        for (float distance : ASCENDING) {
            boolean possible =
                    switch (metric) {
                        case COSINE -> distance >= 0 && distance <= 2;
                        case EUCLIDEAN -> distance >= 0;
                        case DOT -> true;
                    };
            if (possible) {
                float score = scorer.buildScore(distance);
                assertThat(score).isBetween(0f, former);
                former = score;
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void tinyDistancesKeepTheirBuildOrder(Metric metric) {
        if (metric == Metric.COSINE) {
            return; // normalised: there are no tiny scales
        }
        Scorer scorer = new Scorer(metric);
        assertThat(scorer.buildScore(1e-12f)).isGreaterThan(scorer.buildScore(1.001e-12f));
    }

    @Test
    void normalisesForCosineWhateverTheScale() {
        Scorer scorer = new Scorer(Metric.COSINE);
        for (float scale : new float[] {Float.MIN_VALUE, 1e-30f, 1f, 1e30f, 8e37f}) {
            float[] prepared = scorer.prepared(new float[] {3 * scale, -4 * scale});
            assertThat(prepared).hasSize(Kernels.PAD);
            assertThat(prepared[0]).isCloseTo(0.6f, within(1e-6f));
            assertThat(prepared[1]).isCloseTo(-0.8f, within(1e-6f));
        }
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void refusesValuesThatAreNotFinite(Metric metric) {
        Scorer scorer = new Scorer(metric);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1f / 0f}) {
            assertThatThrownBy(() -> scorer.prepared(new float[] {1, bad}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not finite");
        }
    }

    @Test
    void refusesZeroForCosineOnly() {
        float[] zero = {0, 0, -0f};
        assertThatThrownBy(() -> new Scorer(Metric.COSINE).prepared(zero))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("zero");
        assertThat(new Scorer(Metric.DOT).prepared(zero)).hasSize(Kernels.PAD);
        assertThat(new Scorer(Metric.EUCLIDEAN).prepared(zero)).hasSize(Kernels.PAD);
    }

    @Test
    void distancesAndScoresAreTheMetrics() {
        assertThat(Metric.COSINE.score(0.25f)).isEqualTo(0.75f);
        assertThat(Metric.DOT.score(-3f)).isEqualTo(3f);
        assertThat(Metric.EUCLIDEAN.score(3f)).isEqualTo(0.25f);
        assertThat(new Scorer(Metric.EUCLIDEAN).distance(9f)).isEqualTo(3f);
        assertThat(new Scorer(Metric.DOT).distance(-2f)).isEqualTo(-2f);
        assertThat(new Scorer(Metric.COSINE).distance(0.5f)).isEqualTo(0.5f);
    }
}
