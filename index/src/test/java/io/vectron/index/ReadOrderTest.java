package io.vectron.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.index.hot.HotSegment;
import io.vectron.index.vector.Scorer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The writer and the graph task strike between the reads of a search; one test a reordering. */
class ReadOrderTest {

    private static final int ROWS = 100;
    private static final IndexSpec SPEC =
            new IndexSpec(1, Metric.EUCLIDEAN, new IndexLimits(1_000, 1 << 24, 2, 10, 0, 1_000));

    private final Scorer scorer = new Scorer(Metric.EUCLIDEAN);
    private final HotSegment hot = new HotSegment(SPEC, scorer, 0);
    private final AtomicReference<IndexView> view =
            new AtomicReference<>(new IndexView(List.of(), List.of(), hot));
    private final AtomicLong position = new AtomicLong();
    private Runnable beforePosition = () -> {};
    private Runnable beforeView = () -> {};

    private void fill() {
        for (int i = 0; i < ROWS; i++) {
            append(hot, "p" + i, i, i);
        }
        position.set(ROWS);
        hot.advance(ROWS - 10, ROWS);
    }

    private void append(HotSegment to, String id, long version, float at) {
        to.append(id, version, new float[] {at}, scorer);
    }

    private static Runnable takeOnce(Runnable action) {
        action.run();
        return () -> {};
    }

    private List<String> nearest(float at, long expectedPosition) {
        SearchQuery query = SearchQuery.of(new float[] {at}, 1, 20);
        Snapshot snapshot =
                Snapshot.take(
                        () -> {
                            beforeView = takeOnce(beforeView);
                            return view.get();
                        },
                        () -> {
                            beforePosition = takeOnce(beforePosition);
                            return position.get();
                        },
                        scorer,
                        scorer.prepared(new float[] {at}));
        SearchResult result = new Searches(SPEC, scorer).search(snapshot, query, Helpers.NONE);
        assertThat(result.position()).isEqualTo(expectedPosition);
        return result.hits().stream().map(SearchResult.Hit::id).toList();
    }

    @Test
    void aRowPublishedBeforeThePositionIsReadIsAmongTheRows() {
        fill();
        beforePosition =
                () -> {
                    append(hot, "new", ROWS, 1_000);
                    position.set(ROWS + 1);
                };
        assertThat(nearest(1_000, ROWS + 1)).containsExactly("new");
    }

    @Test
    void aRowLeftOutOfTheGraphIsDeadAtThePositionReadAfterwards() {
        fill();
        beforeView =
                () -> {
                    hot.markDead(95, ROWS);
                    position.set(ROWS + 1);
                    assertThat(hot.advance(ROWS, ROWS + 1)).isEqualTo(10);
                };
        // Had the position been read first, p95 would be alive at it, and nobody would find it.
        assertThat(nearest(95.1f, ROWS + 1)).containsExactly("p96");
    }

    @Test
    void rowsThatEnterTheGraphMeanwhileAreStillScanned() {
        fill();
        beforePosition = () -> hot.advance(ROWS, ROWS);
        assertThat(nearest(95.1f, ROWS)).containsExactly("p95");
    }

    @Test
    void rowsOfASegmentThatBeginsMeanwhileAreNotMissed() {
        fill();
        beforePosition =
                () -> {
                    HotSegment next = new HotSegment(SPEC, scorer, ROWS);
                    view.set(new IndexView(List.of(), List.of(hot), next));
                    append(next, "new", ROWS, 1_000);
                    position.set(ROWS + 1);
                };
        // Had the set of segments not been read again, the answer would say W without the row.
        assertThat(nearest(1_000, ROWS + 1)).containsExactly("new");
    }
}
