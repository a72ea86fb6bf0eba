package io.vectron.index;

import io.vectron.index.merge.MergePolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What helpers bring to searches of several segments; not a test. Clients hand each search to a
 * pool of as many threads as there are cores, as a worker does, and wait for the answer; helpers
 * are those threads of the pool that are idle.
 *
 * <p>Arguments: data folder (with base.f16bin and query.f16bin), folder to keep indexes in between
 * runs, ef, rounds, rows of a segment, then numbers of segments.
 */
final class SegmentsBench {

    private static final PrintStream OUT = System.out;
    private static final int K = 10;
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private SegmentsBench() {}

    /** A fixed number of threads that knows how many of them are idle. */
    private static final class Pool implements Helpers, AutoCloseable {

        private final AtomicInteger busy = new AtomicInteger();
        private final AtomicInteger helped = new AtomicInteger();
        private final ThreadPoolExecutor threads =
                new ThreadPoolExecutor(
                        CORES, CORES, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());

        Future<SearchResult> submit(VectorIndex index, SearchQuery query, Helpers helpers) {
            busy.incrementAndGet();
            return threads.submit(() -> {
                try {
                    return index.search(query, helpers);
                } finally {
                    busy.decrementAndGet();
                }
            });
        }

        @Override
        public boolean offer(Runnable task) {
            int now = busy.get();
            while (now < CORES) {
                if (busy.compareAndSet(now, now + 1)) {
                    helped.incrementAndGet();
                    threads.execute(() -> {
                        try {
                            task.run();
                        } finally {
                            busy.decrementAndGet();
                        }
                    });
                    return true;
                }
                now = busy.get();
            }
            return false;
        }

        @Override
        public void close() {
            threads.close();
        }
    }

    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[0]);
        int ef = Integer.parseInt(args[2]);
        int rounds = Integer.parseInt(args[3]);
        float[][] rows = read(data.resolve("base.f16bin"));
        float[][] queries = read(data.resolve("query.f16bin"));
        Path kept = Path.of(args[1]);
        int share = Integer.parseInt(args[4]);
        try (BuilderPool builders = new BuilderPool(1)) {
            if (!Files.exists(kept)) {
                Files.createDirectories(kept);
                build(rows, share, kept, builders);
            }
            for (int i = 5; i < args.length; i++) {
                int count = Integer.parseInt(args[i]);
                try (VectorIndex index = open(rows, share, kept.resolve(args[i]), builders);
                        Pool pool = new Pool()) {
                    index.publish((long) count * share);
                    OUT.printf("%d segments of %d rows:%n", count, share);
                    compare(index, pool, queries, ef, rounds);
                }
            }
        }
    }

    private static VectorIndex open(float[][] rows, int share, Path folder, BuilderPool builders)
            throws IOException {
        IndexSpec spec =
                new IndexSpec(
                                rows[0].length,
                                Metric.COSINE,
                                new IndexLimits(share, 4L << 30, 64, 2_048, 32, 4_096))
                        .with(new MergePolicy(64, 1, 1 << 20, 1));
        return VectorIndex.open(spec, folder, Indexes.NOBODY, builders, "bench");
    }

    /** One segment after the other, and a copy of the index after each. */
    private static void build(float[][] rows, int share, Path kept, BuilderPool builders)
            throws IOException, InterruptedException {
        try (VectorIndex index = open(rows, share, kept.resolve("all"), builders)) {
            for (int row = 0; row < rows.length; row++) {
                index.upsert(Integer.toString(row), row, rows[row], VectorIndex.NONE);
                if ((row + 1) % share == 0) {
                    index.cut();
                    index.publish(row + 1);
                    while (index.stats().frozen() > 0) {
                        Thread.sleep(100);
                    }
                    index.link(kept.resolve(Integer.toString((row + 1) / share)));
                    OUT.printf("%d rows%n", row + 1);
                }
            }
        }
    }

    /** The times of all searches of one pass, in microseconds. */
    private static final class Pass {

        private final double[] micros;
        private final double rate;

        Pass(double[] micros, double rate) {
            this.micros = micros;
            this.rate = rate;
        }

        double at(double share) {
            double[] sorted = micros.clone();
            Arrays.sort(sorted);
            return sorted[(int) (share * (sorted.length - 1))];
        }
    }

    private static void compare(VectorIndex index, Pool pool, float[][] queries, int ef, int rounds)
            throws Exception {
        String[] names = {"alone", "helped"};
        for (int i = 0; i < 6; i++) {
            pass(index, pool, queries, ef, 1, i % 2 == 1);
        }
        for (int clients : new int[] {1, 2, 4}) {
            Pass[] best = new Pass[2];
            for (int round = 0; round < rounds; round++) {
                for (int helped = 0; helped < 2; helped++) {
                    Pass pass = pass(index, pool, queries, ef, clients, helped == 1);
                    if (best[helped] == null || best[helped].rate < pass.rate) {
                        best[helped] = pass;
                    }
                }
            }
            for (int i = 0; i < 2; i++) {
                OUT.printf(
                        "  %d clients, %s: %.0f searches/s, p50 %.0f us, p99 %.0f us%n",
                        clients, names[i], best[i].rate, best[i].at(0.5), best[i].at(0.99));
            }
            OUT.printf(
                    "  %d clients: rate x %.2f, p50 x %.2f, p99 x %.2f, helpers %d%n",
                    clients,
                    best[1].rate / best[0].rate,
                    best[1].at(0.5) / best[0].at(0.5),
                    best[1].at(0.99) / best[0].at(0.99),
                    pool.helped.getAndSet(0));
        }
    }

    private static Pass pass(
            VectorIndex index, Pool pool, float[][] queries, int ef, int clients, boolean helped)
            throws Exception {
        double[] micros = new double[queries.length];
        AtomicInteger next = new AtomicInteger();
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                ends.add(
                        threads.submit(() -> {
                            int q;
                            while ((q = next.getAndIncrement()) < queries.length) {
                                long start = System.nanoTime();
                                pool.submit(
                                                index,
                                                SearchQuery.of(queries[q], K, ef),
                                                helped ? pool : Helpers.NONE)
                                        .get();
                                micros[q] = (System.nanoTime() - start) / 1e3;
                            }
                            return 0;
                        }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        }
        return new Pass(micros, queries.length * 1e9 / (System.nanoTime() - begin));
    }

    private static float[][] read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                            .order(ByteOrder.LITTLE_ENDIAN);
            float[][] rows = new float[bytes.getInt()][bytes.getInt()];
            for (float[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = Float.float16ToFloat(bytes.getShort());
                }
            }
            return rows;
        }
    }
}
