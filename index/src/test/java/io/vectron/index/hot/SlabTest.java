package io.vectron.index.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.index.GraphSpec;
import io.vectron.index.IndexLimits;
import io.vectron.index.IndexSpec;
import io.vectron.index.Metric;
import io.vectron.index.vector.Scorer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlabTest {

    /** An array that takes half of a region of 1 MB or more is given whole regions by G1. */
    private static final long HUMONGOUS = 1 << 19;

    private static final long HEADER = 24;

    @ParameterizedTest
    @CsvSource({
        "1, 32",
        "64, 32",
        "128, 32",
        "384, 32",
        "768, 32",
        "1536, 32",
        "16384, 32",
        "2, 512"
    })
    void noArrayIsGivenWholeRegions(int dimension, int degree) {
        GraphSpec graph = new GraphSpec(degree, Math.max(100, degree), 1.2f, 1.2f);
        IndexSpec spec = new IndexSpec(dimension, Metric.EUCLIDEAN, IndexLimits.DEFAULT, graph);
        Slab slab = new Slab(spec, Graph.listStride(graph));
        slab.append("p", 1, new float[dimension], new Scorer(Metric.EUCLIDEAN));

        long vectors = (long) slab.vectors(0).length * Float.BYTES;
        long lists = (long) slab.lists(0).length * Integer.BYTES;
        assertThat(Math.max(vectors, lists) + HEADER).isLessThan(HUMONGOUS);
        assertThat(slab.bytes()).as("a chunk").isBetween(vectors + lists, HUMONGOUS);
    }
}
