package io.vectron.index.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.jbellis.jvector.graph.NodesIterator;
import io.vectron.index.GraphSpec;
import io.vectron.index.IndexLimits;
import io.vectron.index.IndexSpec;
import io.vectron.index.Metric;
import io.vectron.index.vector.Scorer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GraphTest {

    private static final int ROWS = 3_000;
    private static final int DIMENSION = 12;

    private final IndexSpec spec =
            new IndexSpec(
                    DIMENSION,
                    Metric.EUCLIDEAN,
                    IndexLimits.DEFAULT,
                    new GraphSpec(8, 20, 1.2f, 1.2f));
    private final Scorer scorer = new Scorer(Metric.EUCLIDEAN);
    private final Slab slab = new Slab(spec, Graph.listStride(spec.graph()));
    private final Graph graph = new Graph(spec, slab, scorer);

    private void fill() {
        Random random = new Random(11);
        for (int row = 0; row < ROWS; row++) {
            float[] vector = new float[DIMENSION];
            for (int i = 0; i < DIMENSION; i++) {
                vector[i] = random.nextFloat();
            }
            slab.append("p" + row, row, vector, scorer);
        }
    }

    /** Copying only the lists an insert is known to touch must not miss any. */
    @Test
    void theCopyOfEveryListIsTheBuildersList() {
        fill();
        while (graph.rows() < ROWS) {
            assertThat(graph.advance(7, 0)).isPositive();
        }
        for (int row = 0; row < ROWS; row++) {
            List<Integer> expected = new ArrayList<>();
            NodesIterator neighbours = graph.neighbours(row);
            while (neighbours.hasNext()) {
                expected.add(neighbours.nextInt());
            }
            int[] lists = slab.lists(row);
            int at = slab.listAt(row);
            List<Integer> copied = new ArrayList<>();
            for (int i = 1; i <= lists[at]; i++) {
                copied.add(lists[at + i]);
            }
            assertThat(copied).as("list of row %d", row).isEqualTo(expected);
        }
    }

    @Test
    void leavesOutRowsDeadBeforeThePublishedPositionOnly() {
        fill();
        for (int row = 0; row < ROWS; row++) {
            if (row % 3 != 0) {
                slab.markDead(row, ROWS + row % 3); // dead from ROWS + 1 or ROWS + 2 on
            }
        }
        while (graph.rows() < ROWS) {
            assertThat(graph.advance(100, ROWS + 2)).isPositive();
        }
        for (int row = 1; row < ROWS; row++) {
            int length = slab.lists(row)[slab.listAt(row)];
            boolean leftOut = row % 3 == 1;
            assertThat(length == 0).as("row %d", row).isEqualTo(leftOut);
        }
    }
}
