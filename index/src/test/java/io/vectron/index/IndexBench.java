package io.vectron.index;

import io.vectron.index.vector.Kernels;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Build and search rates on a data set in the big-ann format; not a test.
 *
 * <p>Arguments: folder with {@code base.f16bin}, {@code query.f16bin} and {@code
 * groundtruth100.ibin} (cosine), and optionally a number of rows and of repetitions.
 */
final class IndexBench {

    private static final PrintStream OUT = System.out;
    private static final int[] EFS = {10, 16, 24, 32, 48, 64, 100, 150, 200, 300};

    private IndexBench() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        float[][] base = halves(folder.resolve("base.f16bin"));
        float[][] queries = halves(folder.resolve("query.f16bin"));
        int rows = args.length > 1 ? Math.min(Integer.parseInt(args[1]), base.length) : base.length;
        int repetitions = args.length > 2 ? Integer.parseInt(args[2]) : 3;
        int[][] truth = rows == base.length ? ints(folder.resolve("groundtruth100.ibin")) : null;
        IndexSpec spec = new IndexSpec(base[0].length, Metric.COSINE, IndexLimits.DEFAULT);
        OUT.printf(
                "OUT: lanes %d, %d rows of %d floats%n", Kernels.lanes(), rows, spec.dimension());
        try (BuilderPool pool = new BuilderPool(1);
                VectorIndex index = new VectorIndex(spec, pool, "bench")) {
            build(index, base, rows);
            if (truth == null) {
                truth = exact(index, queries);
            }
            exactRate(index, queries);
            for (int r = 0; r < 3; r++) {
                run(index, queries, truth, 64);
            }
            for (int ef : EFS) {
                double[] best = run(index, queries, truth, ef);
                for (int r = 1; r < repetitions; r++) {
                    double[] next = run(index, queries, truth, ef);
                    best = next[1] > best[1] ? next : best;
                }
                OUT.printf(
                        "OUT: ef %d: recall@10 %.4f, %.0f searches/CPU-s, %.0f visited%n",
                        ef, best[0], best[1], best[2]);
            }
        }
    }

    private static void build(VectorIndex index, float[][] base, int rows)
            throws InterruptedException {
        long begin = System.nanoTime();
        for (int i = 0; i < rows; i++) {
            index.restoreRow(Integer.toString(i), i, base[i]);
        }
        OUT.printf("OUT: appended in %.2f s%n", (System.nanoTime() - begin) / 1e9);
        begin = System.nanoTime();
        index.publish(rows);
        while (index.stats().tailRows() > 0) {
            Thread.sleep(20);
        }
        double wall = (System.nanoTime() - begin) / 1e9;
        double cpu = builderCpuSeconds();
        OUT.printf(
                "OUT: graph in %.1f s wall, %.1f s CPU: %.0f vectors/CPU-s%n",
                wall, cpu, rows / cpu);
    }

    private static double builderCpuSeconds() {
        var threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (long id : threads.getAllThreadIds()) {
            var info = threads.getThreadInfo(id);
            if (info != null && info.getThreadName().startsWith("index-build-")) {
                nanos += threads.getThreadCpuTime(id);
            }
        }
        return nanos / 1e9;
    }

    private static int[][] exact(VectorIndex index, float[][] queries) {
        int[][] truth = new int[queries.length][];
        for (int q = 0; q < queries.length; q++) {
            truth[q] =
                    index.search(SearchQuery.exact(queries[q], 10)).hits().stream()
                            .mapToInt(hit -> Integer.parseInt(hit.id()))
                            .toArray();
        }
        return truth;
    }

    private static void exactRate(VectorIndex index, float[][] queries) {
        int count = Math.min(100, queries.length);
        long cpu = cpuNanos();
        int visited = 0;
        for (int q = 0; q < count; q++) {
            visited += index.search(SearchQuery.exact(queries[q], 10)).visited();
        }
        OUT.printf("OUT: flat scan %.1f ns a row%n", (cpuNanos() - cpu) / (double) visited);
    }

    /** Recall@10, searches a CPU second, rows visited a search. */
    private static double[] run(VectorIndex index, float[][] queries, int[][] truth, int ef) {
        long hits = 0;
        long visited = 0;
        long cpu = cpuNanos();
        for (int q = 0; q < queries.length; q++) {
            SearchResult result = index.search(SearchQuery.of(queries[q], 10, ef));
            visited += result.visited();
            Set<String> found = new HashSet<>();
            result.hits().forEach(hit -> found.add(hit.id()));
            for (int i = 0; i < 10; i++) {
                hits += found.contains(Integer.toString(truth[q][i])) ? 1 : 0;
            }
        }
        double seconds = (cpuNanos() - cpu) / 1e9;
        return new double[] {
            hits / (10.0 * queries.length),
            queries.length / seconds,
            visited / (double) queries.length
        };
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static ByteBuffer read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private static float[][] halves(Path file) throws IOException {
        ByteBuffer bytes = read(file);
        float[][] rows = new float[bytes.getInt()][bytes.getInt()];
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = Float.float16ToFloat(bytes.getShort());
            }
        }
        return rows;
    }

    private static int[][] ints(Path file) throws IOException {
        ByteBuffer bytes = read(file);
        int[][] rows = new int[bytes.getInt()][bytes.getInt()];
        for (int[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = bytes.getInt();
            }
        }
        return rows;
    }
}
