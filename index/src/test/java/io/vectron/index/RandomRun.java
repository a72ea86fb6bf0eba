package io.vectron.index;

import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;

/** One seeded run of random batches against an index and the model. */
final class RandomRun {

    /** What a run has seen, to tell that it tested something. */
    record Seen(
            int exact, int approximate, int expected, int found, int graphRows, long compactions) {

        static final Seen NOTHING = new Seen(0, 0, 0, 0, 0, 0);

        Seen plus(Seen that) {
            return new Seen(
                    exact + that.exact,
                    approximate + that.approximate,
                    expected + that.expected,
                    found + that.found,
                    graphRows + that.graphRows,
                    compactions + that.compactions);
        }

        double recall() {
            return found / (double) expected;
        }
    }

    private static final List<Metric> METRICS = List.of(Metric.values());
    private static final int BATCHES = 25;
    private static final int BATCH_RECORDS = 40;

    private final Random random;
    private final Metric metric;
    private final int dimension;
    private final int ids;
    private final IndexModel model;
    private final IndexPort index;
    private final double deletes;
    private final int flatRows;
    private long offset;
    private Seen seen = Seen.NOTHING;

    RandomRun(long seed, BiFunction<IndexSpec, Integer, IndexPort> indexes) {
        random = new Random(seed);
        metric = METRICS.get(random.nextInt(METRICS.size()));
        dimension = IndexModel.dimension(random, metric);
        ids = 5 + random.nextInt(400);
        deletes = random.nextDouble() * 0.5;
        model = new IndexModel(metric);
        flatRows = 1 + random.nextInt(40);
        IndexLimits limits = new IndexLimits(10_000, 1L << 30, flatRows, 0, 2 * flatRows, 50);
        GraphSpec graph = new GraphSpec(8, 24, 1.2f, 1f);
        index =
                indexes.apply(
                        new IndexSpec(dimension, metric, limits, graph), 1 + random.nextInt(8));
    }

    Seen run() {
        try (index) {
            for (int batch = 0; batch < BATCHES; batch++) {
                batch();
            }
            Await.until("compacted", this::compacted);
            search();
            IndexStats stats = index.stats();
            return seen.plus(new Seen(0, 0, 0, 0, stats.graphRows(), stats.compactions()));
        }
    }

    private void batch() {
        int records = 1 + random.nextInt(BATCH_RECORDS);
        for (int i = 0; i < records; i++) {
            offset += 1 + random.nextInt(3); // offsets have gaps
            String id = "p" + random.nextInt(ids);
            if (random.nextDouble() < deletes) {
                index.delete(id, offset);
                model.delete(id);
            } else {
                float[] vector = IndexModel.vector(random, metric, dimension);
                index.upsert(id, offset, vector);
                model.upsert(id, offset, vector);
            }
            if (random.nextInt(20) == 0) {
                search(); // in mid batch: must still answer the state published last
            }
        }
        offset += 1 + random.nextInt(2);
        model.publish(offset);
        index.publish(offset);
        if (random.nextInt(3) == 0) {
            Await.until("no tail", this::noTail);
        }
        search();
        search();
    }

    private boolean noTail() {
        IndexStats stats = index.stats();
        return stats.rows() < flatRows || stats.tailRows() == 0;
    }

    /** A compaction ends with a publication. */
    private boolean compacted() {
        model.publish(++offset);
        index.publish(offset);
        return !index.stats().compacting();
    }

    private void search() {
        boolean exact = random.nextBoolean();
        int topK = 1 + random.nextInt(exact && random.nextBoolean() ? 1_000 : 10);
        int ef = exact ? 1 : topK + random.nextInt(40);
        SearchQuery query =
                new SearchQuery(
                        DenseVector.of(IndexModel.vector(random, metric, dimension)),
                        topK,
                        ef,
                        exact);
        SearchResult result = index.search(query);
        model.check(query, result);
        var expected = model.expected(result.position(), query);
        seen =
                seen.plus(
                        exact
                                ? new Seen(1, 0, 0, 0, 0, 0)
                                : new Seen(
                                        0,
                                        1,
                                        expected.size(),
                                        IndexModel.found(expected, result.hits()),
                                        0,
                                        0));
    }
}
