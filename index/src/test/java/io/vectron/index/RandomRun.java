package io.vectron.index;

import io.vectron.index.merge.MergePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** One seeded run of random batches against an index and the model. */
final class RandomRun {

    /** What a run has seen, to tell that it tested something. */
    record Seen(int exact, int approximate, int expected, int found, Work work) {

        static final Seen NOTHING = new Seen(0, 0, 0, 0, Work.NOTHING);

        Seen plus(Seen that) {
            return new Seen(
                    exact + that.exact,
                    approximate + that.approximate,
                    expected + that.expected,
                    found + that.found,
                    work.plus(that.work));
        }

        double recall() {
            return found / (double) expected;
        }
    }

    /** What indexes did in the background. */
    record Work(long builds, long seals, long merges, int crashes) {

        static final Work NOTHING = new Work(0, 0, 0, 0);

        Work plus(Work that) {
            return new Work(
                    builds + that.builds,
                    seals + that.seals,
                    merges + that.merges,
                    crashes + that.crashes);
        }
    }

    /** What was written between two publications. */
    private record Batch(List<Consumer<IndexPort>> writes, long position) {}

    private static final List<SegmentLayout> LAYOUTS = List.of(SegmentLayout.values());
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
    private final List<Batch> history = new ArrayList<>();
    private List<Consumer<IndexPort>> writes = new ArrayList<>();
    private long offset;
    private Seen seen = Seen.NOTHING;
    private Work work = Work.NOTHING;

    RandomRun(long seed, BiFunction<IndexSpec, Integer, IndexPort> indexes) {
        random = new Random(seed);
        metric = METRICS.get(random.nextInt(METRICS.size()));
        dimension = IndexModel.dimension(random, metric);
        ids = 5 + random.nextInt(400);
        deletes = random.nextDouble() * 0.5;
        model = new IndexModel(metric);
        flatRows = 1 + random.nextInt(40);
        int hotRows = 20 + random.nextInt(500);
        IndexLimits limits = new IndexLimits(hotRows, 1L << 30, 2, flatRows, 0, 2 * flatRows);
        GraphSpec graph = new GraphSpec(8, 24, 1.2f, 1f);
        SegmentLayout layout = LAYOUTS.get(random.nextInt(LAYOUTS.size()));
        MergePolicy merges =
                new MergePolicy(2 + random.nextInt(3), 10 + random.nextInt(50), 5_000, 0.3);
        IndexSpec spec = new IndexSpec(dimension, metric, limits, graph, layout, merges);
        index = indexes.apply(spec, 1 + random.nextInt(8));
    }

    Seen run() {
        try (index) {
            for (int batch = 0; batch < BATCHES; batch++) {
                batch();
            }
            search();
            return seen.plus(new Seen(0, 0, 0, 0, work.plus(workOf(index.stats()))));
        }
    }

    private void batch() {
        int records = 1 + random.nextInt(BATCH_RECORDS);
        for (int i = 0; i < records; i++) {
            offset += 1 + random.nextInt(3); // offsets have gaps
            String id = "p" + random.nextInt(ids);
            if (random.nextDouble() < deletes) {
                long at = offset;
                write(to -> to.delete(id, at));
                model.delete(id);
            } else {
                float[] vector = IndexModel.vector(random, metric, dimension);
                long at = offset;
                write(to -> to.upsert(id, at, vector));
                model.upsert(id, offset, vector);
            }
            if (random.nextInt(20) == 0) {
                search(); // in mid batch: must still answer the state published last
            }
        }
        offset += 1 + random.nextInt(2);
        model.publish(offset);
        index.publish(offset);
        history.add(new Batch(writes, offset));
        writes = new ArrayList<>();
        if (random.nextInt(8) == 0) {
            crash();
        }
        if (random.nextInt(20) == 0) {
            index.failNext(1 + random.nextInt(3));
        }
        if (random.nextInt(5) == 0) {
            index.cut();
            if (random.nextBoolean()) {
                Await.until("sealed", this::sealedOrFailed);
            }
        }
        if (random.nextInt(3) == 0) {
            Await.until("no tail", this::noTail);
        }
        search();
        search();
    }

    private void write(Consumer<IndexPort> write) {
        write.accept(index);
        writes.add(write);
    }

    /** The index comes back as of some position, and the log is applied again from there. */
    private void crash() {
        work = work.plus(workOf(index.stats())).plus(new Work(0, 0, 0, 1));
        long survived = index.crash(random);
        search();
        for (Batch batch : history) {
            if (batch.position() > survived) {
                batch.writes().forEach(write -> write.accept(index));
                index.publish(batch.position());
                search();
            }
        }
    }

    private static Work workOf(IndexStats stats) {
        return new Work(stats.builds(), stats.sealed().seals(), stats.sealed().merges(), 0);
    }

    private boolean sealedOrFailed() {
        IndexStats stats = index.stats();
        return stats.frozen() == 0 || stats.failure() != null;
    }

    private boolean noTail() {
        IndexStats stats = index.stats();
        // Segments of fewer rows have no graph.
        return stats.tailRows() <= (stats.frozen() + 1) * flatRows;
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
                                ? new Seen(1, 0, 0, 0, Work.NOTHING)
                                : new Seen(
                                        0,
                                        1,
                                        expected.size(),
                                        IndexModel.found(expected, result.hits()),
                                        Work.NOTHING));
    }
}
