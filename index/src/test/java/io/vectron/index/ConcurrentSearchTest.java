package io.vectron.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.index.merge.MergePolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Searchers beside the writer, the graph tasks and compactions: each answer is exactly the state at
 * the position it names, so no id is ever seen twice, after its deletion, or not at all.
 */
class ConcurrentSearchTest {

    private static final int IDS = 150;
    private static final int BATCHES = 400;
    private static final int SEARCHERS = 3;
    private static final Metric METRIC = Metric.EUCLIDEAN;
    private static final int DIMENSION = 8;

    @TempDir Path folder;

    private final AtomicBoolean written = new AtomicBoolean();
    private final IndexModel model = new IndexModel(METRIC);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyAnswerIsTheStateAtItsPosition(long seed) throws Exception {
        IndexLimits limits = new IndexLimits(300, 1L << 30, 100, 20, 0, 4_096);
        MergePolicy merges = new MergePolicy(2, 100, 5_000, 0.3);
        IndexSpec spec =
                new IndexSpec(DIMENSION, METRIC, limits, new GraphSpec(8, 16, 1.2f, 1f))
                        .with(merges);
        try (BuilderPool pool = new BuilderPool(1);
                HelperThreads helpers = new HelperThreads(1);
                IndexPort index =
                        IndexPort.of(owner -> Indexes.open(spec, folder, owner, pool, 3), helpers);
                ExecutorService threads = Executors.newFixedThreadPool(SEARCHERS)) {
            List<Future<Integer>> searches = new ArrayList<>();
            for (int i = 0; i < SEARCHERS; i++) {
                long searcherSeed = seed * 100 + i;
                Callable<Integer> searcher = () -> search(index, new Random(searcherSeed));
                searches.add(threads.submit(searcher));
            }
            try {
                write(index, new Random(seed));
            } finally {
                written.set(true);
            }
            for (Future<Integer> search : searches) {
                assertThat(result(search)).isPositive();
            }
            Await.until("sealed", () -> index.stats().frozen() == 0);
            assertThat(index.stats().sealed().seals()).isGreaterThan(3);
            Await.until("merged", () -> index.stats().sealed().merges() > 0);
            assertThat(index.stats().failure()).isNull();
        }
    }

    private static int result(Future<Integer> search) throws Exception {
        try {
            return search.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private void write(IndexPort index, Random random) {
        long offset = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            for (int i = random.nextInt(20); i >= 0; i--) {
                String id = "p" + random.nextInt(IDS);
                if (random.nextInt(4) == 0) {
                    index.delete(id, offset);
                    model.delete(id);
                } else {
                    float[] vector = IndexModel.vector(random, METRIC, DIMENSION);
                    index.upsert(id, offset, vector);
                    model.upsert(id, offset, vector);
                }
                offset++;
            }
            // The model first: a searcher may get the new position at once.
            model.publish(offset);
            index.publish(offset);
        }
    }

    private int search(IndexPort index, Random random) {
        int searches = 0;
        long former = 0;
        while (!written.get() || searches == 0) {
            boolean exact = random.nextInt(3) > 0;
            int topK = exact ? 2 * IDS : 10;
            SearchQuery query =
                    new SearchQuery(
                            DenseVector.of(IndexModel.vector(random, METRIC, DIMENSION)),
                            topK,
                            30,
                            exact);
            long before = index.stats().position();
            SearchResult result = index.search(query);
            assertThat(result.position()).isGreaterThanOrEqualTo(Math.max(before, former));
            former = result.position();
            model.check(query, result);
            searches++;
        }
        return searches;
    }
}
