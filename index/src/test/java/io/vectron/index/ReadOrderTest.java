package io.vectron.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.index.vector.Scorer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The writer and the graph task strike between the reads of a search; one test a reordering. */
class ReadOrderTest {

    private static final int ROWS = 100;
    private static final IndexSpec SPEC =
            new IndexSpec(1, Metric.EUCLIDEAN, new IndexLimits(1_000, 1 << 24, 10, 0, 1_000, 50));

    private final Scorer scorer = new Scorer(Metric.EUCLIDEAN);

    /** Lets others act just before a search reads the position or the graph's rows. */
    private static final class Interrupted extends Generation {
        private Runnable beforePosition = () -> {};
        private Runnable beforeGraphRows = () -> {};

        Interrupted(Scorer scorer) {
            super(SPEC, scorer, 0);
        }

        @Override
        long position() {
            Runnable action = beforePosition;
            beforePosition = () -> {};
            action.run();
            return super.position();
        }

        @Override
        Graph graph() {
            Runnable action = beforeGraphRows;
            beforeGraphRows = () -> {};
            action.run();
            return super.graph();
        }
    }

    private Interrupted filled() {
        Interrupted generation = new Interrupted(scorer);
        for (int i = 0; i < ROWS; i++) {
            generation.upsert("p" + i, i, new float[] {i}, scorer);
        }
        generation.publish(ROWS);
        generation.graph().advance(ROWS - 10, ROWS);
        return generation;
    }

    private List<String> nearest(Generation generation, float at, long position) {
        SearchQuery query = SearchQuery.of(new float[] {at}, 1, 20);
        SearchResult result = new Searcher().search(generation, SPEC, scorer, query);
        assertThat(result.position()).isEqualTo(position);
        return result.hits().stream().map(SearchResult.Hit::id).toList();
    }

    @Test
    void aRowPublishedBeforeThePositionIsReadIsAmongTheRows() {
        Interrupted generation = filled();
        generation.beforePosition =
                () -> {
                    generation.upsert("new", ROWS, new float[] {1_000}, scorer);
                    generation.publish(ROWS + 1);
                };
        assertThat(nearest(generation, 1_000, ROWS + 1)).containsExactly("new");
    }

    @Test
    void aRowLeftOutOfTheGraphIsDeadAtThePositionReadAfterwards() {
        Interrupted generation = filled();
        generation.beforeGraphRows =
                () -> {
                    generation.delete("p95", ROWS);
                    generation.publish(ROWS + 1);
                    int advanced = generation.graph().advance(ROWS, ROWS + 1);
                    assertThat(advanced).isEqualTo(10);
                };
        // Had the position been read first, p95 would be alive at it, and nobody would find it.
        assertThat(nearest(generation, 95.1f, ROWS + 1)).containsExactly("p96");
    }

    @Test
    void rowsThatEnterTheGraphMeanwhileAreStillScanned() {
        Interrupted generation = filled();
        generation.beforePosition = () -> generation.graph().advance(ROWS, ROWS);
        assertThat(nearest(generation, 95.1f, ROWS)).containsExactly("p95");
    }

    @Test
    void aCompactionWaitsWhileDeathsAboveThePositionAreMarked() {
        try (BuilderPool pool = new BuilderPool(1);
                VectorIndex index = new VectorIndex(SPEC, pool, "test", 5, scorer)) {
            for (int i = 0; i < ROWS; i++) {
                index.upsert("p" + i, i, new float[] {i});
            }
            for (int i = 0; i < 60; i++) {
                index.delete("p" + i, ROWS + i);
            }
            index.delete("p99", ROWS + 70); // the batch goes on: not published yet
            index.publish(ROWS + 61);
            assertThat(index.stats().compacting()).isTrue();
            turns(pool, 200);
            SearchQuery query = SearchQuery.exact(new float[] {99}, 1);
            index.publish(ROWS + 61);
            assertThat(index.search(query).hits().getFirst().id()).isEqualTo("p99");
            assertThat(index.stats().compactions()).isZero();
            index.publish(ROWS + 71);
            assertThat(index.search(query).hits().getFirst().id()).isEqualTo("p98");
            assertThat(index.stats().compactions()).isOne();
            assertThat(index.stats().rows()).isEqualTo(ROWS - 61);
        }
    }

    /** Takes turns with the index on the pool's one thread, so the index had as many. */
    private static void turns(BuilderPool pool, int count) {
        int[] taken = {0};
        CountDownLatch done = new CountDownLatch(1);
        try (var marker =
                pool.register(
                        "marker",
                        () -> {
                            if (++taken[0] == count) {
                                done.countDown();
                            }
                            return taken[0] < count;
                        })) {
            marker.wake();
            Await.until("turns taken", () -> done.getCount() == 0);
        }
    }
}
