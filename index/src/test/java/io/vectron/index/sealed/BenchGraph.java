package io.vectron.index.sealed;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.NodesIterator;
import io.github.jbellis.jvector.graph.OnHeapGraphIndex;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction;
import io.github.jbellis.jvector.graph.similarity.SearchScoreProvider;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;

/** A graph over all rows, built by JVector on two threads; kept in a file between runs. */
final class BenchGraph {

    private static final int DEGREE = 32;
    private static final int BEAM = 100;
    private static final int THREADS = 2;

    private BenchGraph() {}

    /** Neighbours of each row; the lists of one run are those of the next. */
    static int[][] of(BenchData data, float alpha, Path file) throws Exception {
        if (Files.exists(file)) {
            return read(file);
        }
        long begin = System.nanoTime();
        GraphIndexBuilder builder = builder(data, alpha);
        AtomicInteger next = new AtomicInteger();
        Thread[] threads = new Thread[THREADS];
        for (int t = 0; t < threads.length; t++) {
            threads[t] =
                    Thread.ofPlatform().name("graph-" + t).start(() -> add(data, builder, next));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        builder.cleanup();
        int[][] lists = lists((OnHeapGraphIndex) builder.getGraph(), data.rows);
        System.out.printf(
                "graph, alpha %.1f: %.0f rows a second on %d threads%n",
                alpha, data.rows / ((System.nanoTime() - begin) / 1e9), THREADS);
        write(file, lists);
        return lists;
    }

    private static void add(BenchData data, GraphIndexBuilder builder, AtomicInteger next) {
        for (int row = next.getAndIncrement(); row < data.rows; row = next.getAndIncrement()) {
            builder.addGraphNode(row, new DefaultSearchScoreProvider(scores(data, row)));
            if (row % 100_000 == 0) {
                System.out.printf("graph: %d rows%n", row);
            }
        }
    }

    @SuppressWarnings("deprecation") // the fluent builder reads settings global to the JVM
    private static GraphIndexBuilder builder(BenchData data, float alpha) {
        ForkJoinPool pool = ForkJoinPool.commonPool();
        return new GraphIndexBuilder(
                new Scores(data),
                data.dimension,
                DEGREE,
                BEAM,
                1.2f,
                alpha,
                false,
                false,
                pool,
                pool);
    }

    private static ScoreFunction.ExactScoreFunction scores(BenchData data, int row) {
        float[] floats = data.floats;
        int size = data.stride;
        int at = row * size;
        return other ->
                data.scorer.buildScore(
                        data.scorer.keyDistance(floats, at, floats, other * size, size));
    }

    private static int[][] lists(OnHeapGraphIndex graph, int rows) {
        int[][] lists = new int[rows][];
        for (int row = 0; row < rows; row++) {
            NodesIterator neighbours = graph.getNeighborsIterator(0, row);
            lists[row] = new int[neighbours.size()];
            for (int i = 0; i < lists[row].length; i++) {
                lists[row][i] = neighbours.nextInt();
            }
        }
        return lists;
    }

    private static int[][] read(Path file) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            int[][] lists = new int[in.readInt()][];
            for (int row = 0; row < lists.length; row++) {
                lists[row] = new int[in.readInt()];
                for (int i = 0; i < lists[row].length; i++) {
                    lists[row][i] = in.readInt();
                }
            }
            return lists;
        }
    }

    private static void write(Path file, int[][] lists) throws IOException {
        try (var out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(lists.length);
            for (int[] list : lists) {
                out.writeInt(list.length);
                for (int neighbour : list) {
                    out.writeInt(neighbour);
                }
            }
        }
    }

    private record Scores(BenchData data) implements BuildScoreProvider {

        @Override
        public boolean isExact() {
            return true;
        }

        @Override
        public VectorFloat<?> approximateCentroid() {
            VectorFloat<?> mean =
                    VectorizationProvider.getInstance()
                            .getVectorTypeSupport()
                            .createFloatVector(data.dimension);
            for (int i = 0; i < data.dimension; i++) {
                double sum = 0;
                for (int row = 0; row < data.rows; row += 100) {
                    sum += data.floats[row * data.stride + i];
                }
                mean.set(i, (float) (sum / (data.rows / 100 + 1)));
            }
            return mean;
        }

        @Override
        public SearchScoreProvider searchProviderFor(VectorFloat<?> vector) {
            float[] query = new float[data.stride];
            for (int i = 0; i < data.dimension; i++) {
                query[i] = vector.get(i);
            }
            return new DefaultSearchScoreProvider(
                    (ScoreFunction.ExactScoreFunction)
                            other ->
                                    data.scorer.buildScore(
                                            data.scorer.keyDistance(
                                                    query, data.floats, other * data.stride)));
        }

        @Override
        public SearchScoreProvider searchProviderFor(int row) {
            return new DefaultSearchScoreProvider(scores(data, row));
        }

        @Override
        public SearchScoreProvider diversityProviderFor(int row) {
            return searchProviderFor(row);
        }
    }

    public static void main(String[] args) throws Exception {
        BenchData data = new BenchData(Path.of(args[0]), io.vectron.index.Metric.valueOf(args[1]));
        of(data, Float.parseFloat(args[2]), Path.of(args[3]));
    }
}
