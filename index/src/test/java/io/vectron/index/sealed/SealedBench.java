package io.vectron.index.sealed;

import io.vectron.index.Metric;
import io.vectron.index.code.Coding;
import io.vectron.index.code.NeighbourLists;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.code.Rows;
import io.vectron.index.vector.Lanes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Search rates of walks over mapped records, beside hnswlib in the same run; not a test.
 *
 * <p>Arguments: data folder, metric, folder to keep graphs in between runs, repetitions, python (or
 * "-" to leave hnswlib out), then values of ef. All engines run one thread and take turns; printed
 * is the best of each one's repetitions, by CPU time.
 */
final class SealedBench {

    private static final PrintStream OUT = System.out;
    private static final int K = 10;
    private static final double[] RECALLS = {0.90, 0.95, 0.99};

    private SealedBench() {}

    /** Something that searches all queries once with an ef. */
    private interface Engine {
        String name();

        Run run(int ef) throws IOException;
    }

    private record Run(int ef, double recall, double rate, String more) {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Metric metric = Metric.valueOf(args[1].toUpperCase(Locale.ROOT));
        Path kept = Path.of(args[2]);
        int repetitions = Integer.parseInt(args[3]);
        int[] efs = Arrays.stream(args).skip(5).mapToInt(Integer::parseInt).toArray();
        BenchData data = new BenchData(folder, metric);
        OUT.printf("lanes %d, %d rows of %d floats%n", Lanes.FLOATS, data.rows, data.dimension);
        String name = folder.getFileName().toString();
        List<Engine> engines = new ArrayList<>();
        try (Arena arena = Arena.ofShared()) {
            if (!args[4].equals("-")) {
                engines.add(new Peer(args[4], folder, args[1], kept.resolve(name + ".hnsw")));
            }
            MemorySegment floats =
                    map(arena, kept.resolve(name + ".floats"), 4L * data.floats.length);
            MemorySegment.copy(
                    data.floats, 0, floats, ValueLayout.JAVA_FLOAT, 0, data.floats.length);
            for (String kind : System.getProperty("bench", "fused,compact").split(",", -1)) {
                boolean fused = kind.equals("fused");
                float alpha =
                        Float.parseFloat(
                                System.getProperty("alpha." + kind, fused ? "1.2" : "1.0"));
                Path file = kept.resolve(name + "-" + alpha + ".graph");
                int[][] lists = BenchGraph.of(data, alpha, file);
                Path records = kept.resolve(name + "-" + kind + ".records");
                engines.add(
                        new Walked(
                                kind, data, records(data, fused, lists, floats, records, arena)));
            }
            compare(engines, efs, repetitions);
        }
    }

    private static void compare(List<Engine> engines, int[] efs, int repetitions)
            throws IOException {
        Run[][] best = new Run[engines.size()][efs.length];
        for (Engine engine : engines) {
            for (int i = 0; i < 12 && engine instanceof Walked; i++) {
                engine.run(i % 2 == 0 ? 100 : 40);
            }
        }
        for (int repetition = 0; repetition < repetitions; repetition++) {
            for (int i = 0; i < efs.length; i++) {
                for (int e = 0; e < best.length; e++) {
                    Run run = engines.get(e).run(efs[i]);
                    if (best[e][i] == null || best[e][i].rate < run.rate) {
                        best[e][i] = run;
                    }
                }
            }
        }
        double[][] rates = new double[best.length][];
        for (int e = 0; e < best.length; e++) {
            for (Run run : best[e]) {
                OUT.printf(
                        "%s ef %d: recall@10 %.4f, %.0f searches/CPU-s%s%n",
                        engines.get(e).name(), run.ef, run.recall, run.rate, run.more);
            }
            Run[] runs = best[e];
            rates[e] = Arrays.stream(RECALLS).map(r -> rateAt(runs, r)).toArray();
        }
        for (int e = 0; e < best.length; e++) {
            StringBuilder line = new StringBuilder(engines.get(e).name());
            for (int r = 0; r < RECALLS.length; r++) {
                line.append(
                        String.format(
                                ", at %.2f: %.0f (%.2f x %s)",
                                RECALLS[r],
                                rates[e][r],
                                rates[e][r] / rates[0][r],
                                engines.getFirst().name()));
            }
            OUT.println(line);
        }
    }

    /** The rate at a recall, between the two nearest runs. */
    private static double rateAt(Run[] runs, double recall) {
        for (int i = 1; i < runs.length; i++) {
            Run low = runs[i - 1];
            Run high = runs[i];
            if (low.recall <= recall && recall < high.recall) {
                double share = (recall - low.recall) / (high.recall - low.recall);
                return Math.exp((1 - share) * Math.log(low.rate) + share * Math.log(high.rate));
            }
        }
        return Double.NaN;
    }

    private static MemorySegment map(Arena arena, Path file, long bytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        }
    }

    private static Records records(
            BenchData data,
            boolean fused,
            int[][] graph,
            MemorySegment floats,
            Path file,
            Arena arena)
            throws Exception {
        long begin = System.nanoTime();
        long cpu = cpuNanos();
        RecordLayout layout = new RecordLayout(data.dimension, fused);
        Rows rows = rows(data);
        NeighbourLists lists =
                (row, to) -> {
                    System.arraycopy(graph[row], 0, to, 0, graph[row].length);
                    return graph[row].length;
                };
        boolean kept = Files.exists(file) && !Boolean.getBoolean("fresh");
        MemorySegment tables = map(arena, Path.of(file + ".tables"), Coding.bytes(layout));
        Coding coding;
        if (kept) {
            coding = Coding.read(data.metric, layout, tables);
        } else {
            coding = Coding.train(data.metric, layout, rows, lists);
            coding.write(tables);
        }
        RecordWriter writer = new RecordWriter(coding, rows, lists);
        MemorySegment memory = map(arena, file, writer.bytes());
        if (!kept) {
            writer.write(0, data.rows, memory);
        }
        MemorySegment entries = arena.allocate(writer.entriesBytes(), 64);
        writer.writeEntries(entries);
        OUT.printf(
                "%s: %d bytes a record, encoded in %.1f s, %.1f s CPU%n",
                fused ? "fused" : "compact",
                layout.stride(),
                (System.nanoTime() - begin) / 1e9,
                (cpuNanos() - cpu) / 1e9);
        return new Records(
                data.metric,
                coding,
                new Body(memory, BlockGuard.trusting()),
                new Body(floats, BlockGuard.trusting()),
                entries,
                new Deaths(data.rows));
    }

    private static Rows rows(BenchData data) {
        return new Rows() {
            @Override
            public int count() {
                return data.rows;
            }

            @Override
            public void read(int row, float[] to) {
                System.arraycopy(data.floats, row * data.stride, to, 0, data.stride);
            }
        };
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private record Walked(String name, BenchData data, Records records, Walk walk)
            implements Engine {

        Walked(String name, BenchData data, Records records) {
            this(name, data, records, Walk.of(records.layout));
        }

        @Override
        public Run run(int ef) {
            long hits = 0;
            long expanded = 0;
            long visited = 0;
            long cpu = cpuNanos();
            for (int q = 0; q < data.queries.length; q++) {
                float[] query = data.scorer.prepared(data.queries[q]);
                int found = Math.min(K, walk.search(records, query, K, ef, 1));
                for (int i = 0; i < found; i++) {
                    int ordinal = (int) walk.found()[i];
                    for (int j = 0; j < K; j++) {
                        hits += data.truth[q][j] == ordinal ? 1 : 0;
                    }
                }
                expanded += walk.expanded();
                visited += walk.visited();
            }
            double seconds = (cpuNanos() - cpu) / 1e9;
            double queries = data.queries.length;
            String more =
                    String.format(
                            ", %.0f expanded of %.2f us, %.0f visited",
                            expanded / queries, seconds * 1e6 / expanded, visited / queries);
            return new Run(ef, hits / (K * queries), queries / seconds, more);
        }
    }

    private static final class Peer implements Engine {

        private final Process process;
        private final BufferedReader answers;

        Peer(String python, Path folder, String metric, Path kept) throws IOException {
            Path script = Path.of("src/test/resources/hnswlib-peer.py").toAbsolutePath();
            this.process =
                    new ProcessBuilder(
                                    python,
                                    script.toString(),
                                    folder.toString(),
                                    metric.toLowerCase(Locale.ROOT),
                                    kept.toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            this.answers = process.inputReader();
        }

        @Override
        public String name() {
            return "hnswlib";
        }

        @Override
        public Run run(int ef) throws IOException {
            process.outputWriter().write(ef + "\n");
            process.outputWriter().flush();
            String line = answers.readLine();
            while (line != null && line.startsWith("#")) {
                OUT.println("hnswlib: " + line.substring(2));
                line = answers.readLine();
            }
            if (line == null) {
                throw new IOException("hnswlib ended");
            }
            String[] parts = line.split(" ", -1);
            return new Run(ef, Double.parseDouble(parts[1]), Double.parseDouble(parts[2]), "");
        }
    }
}
