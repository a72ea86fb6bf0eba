package io.vectron.bench.cluster.apply;

import io.vectron.bench.report.Measurement;
import io.vectron.bench.report.Percentiles;
import io.vectron.bench.run.Scratch;
import io.vectron.bench.run.Vectors;
import io.vectron.cli.terminal.Screen;
import io.vectron.worker.storage.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Batches through a group of three on this machine, against the same batches written straight to
 * RocksDB: round by round in turn, so that what else the machine does hits all alike.
 */
public final class ReplicateCase {
    /** Enough for a median that other programs do not move. */
    public static final int ROUNDS = 5;

    private static final int PIPELINED = 4;

    private final String bench;
    private final Path scratch;
    private final Vectors vectors;
    private final int rows;
    private final int rounds;
    private final Screen screen;
    private int folders;

    /**
     * @param bench name of the benchmark, for the report
     * @param scratch folder for data; the caller deletes it
     * @param rows rows to write, half of them replacing others
     * @param rounds of each way; before several comes one that is for the compiler
     */
    public ReplicateCase(
            String bench, Path scratch, Vectors vectors, int rows, int rounds, Screen screen) {
        if (rows < 2 || rounds < 1) {
            throw new IllegalArgumentException(
                    "rows must be 2 or more, rounds 1 or more: " + rows + ", " + rounds);
        }
        this.rounds = rounds;
        this.bench = bench;
        this.scratch = scratch;
        this.vectors = vectors;
        this.rows = rows;
        this.screen = screen;
    }

    /** What one way took for all rows. */
    private record Cost(double seconds, double cpuSeconds) {}

    /** One way to write all batches. */
    @FunctionalInterface
    private interface Way {
        Cost write() throws IOException;
    }

    /** Something that takes time. */
    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    /** Measures all ways. */
    public List<Measurement> measure() throws IOException {
        NativeLibrary.load(scratch.resolve("native"));
        Batches batches = Batches.of(vectors, rows);
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("rocksdb", () -> straight(batches));
        ways.put("vectron", () -> replicated(batches, 1, false));
        ways.put("vectron-pipelined", () -> replicated(batches, PIPELINED, false));
        Map<String, List<Cost>> costs = new LinkedHashMap<>();
        for (int round = rounds == 1 ? 1 : 0; round <= rounds; round++) {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                screen.status("replicate: round " + round + " of " + rounds + ", " + way.getKey());
                Cost cost = way.getValue().write();
                if (round > 0) {
                    costs.computeIfAbsent(way.getKey(), any -> new ArrayList<>()).add(cost);
                }
            }
        }
        screen.status("replicate: with indexes");
        costs.put("vectron-indexed", List.of(replicated(batches, 1, true)));
        screen.clearStatus();
        List<Measurement> measured = new ArrayList<>();
        costs.forEach((engine, some) -> measured.add(measurement(engine, some, costs)));
        return measured;
    }

    private Measurement measurement(String engine, List<Cost> costs, Map<String, List<Cost>> all) {
        double seconds = median(costs, false);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("vectors_per_second", rows / seconds);
        metrics.put("cpu_us_per_vector", median(costs, true) * 1e6 / rows);
        double straight = median(all.getOrDefault("rocksdb", costs), false);
        if (engine.equals("vectron")) {
            metrics.put("ratio", straight / seconds);
        } else if (!engine.equals("rocksdb")) {
            metrics.put("rate_to_rocksdb", straight / seconds);
        }
        Map<String, String> params = new LinkedHashMap<>();
        params.put("rows", "" + rows);
        params.put("batch", "" + Batches.perBatch(vectors));
        params.put("replicas", engine.equals("rocksdb") ? "1" : "3");
        params.put("in_flight", engine.equals("vectron-pipelined") ? "" + PIPELINED : "1");
        return new Measurement(bench, "replicate", engine, vectors.name(), params, metrics);
    }

    private static double median(List<Cost> costs, boolean cpu) {
        return new Percentiles(
                        costs.stream()
                                .mapToDouble(it -> cpu ? it.cpuSeconds() : it.seconds())
                                .toArray())
                .at(0.5);
    }

    private Cost straight(Batches batches) throws IOException {
        Path folder = folder();
        try (StraightStore store = new StraightStore(folder)) {
            int[] replaced = {0};
            Cost cost =
                    timed(() -> {
                        for (List<Batches.Row> batch : batches.rows()) {
                            replaced[0] += store.write(batch);
                        }
                    });
            if (replaced[0] == 0) {
                throw new IllegalStateException("no row replaced another one");
            }
            return cost;
        } finally {
            Scratch.delete(folder);
        }
    }

    private Cost replicated(Batches batches, int inFlight, boolean indexed) throws IOException {
        Path folder = folder();
        try (Trio trio = new Trio(folder, batches, indexed)) {
            return timed(() -> {
                trio.apply(inFlight);
                trio.awaitIndexed();
            });
        } finally {
            Scratch.delete(folder);
        }
    }

    private static Cost timed(Work work) throws IOException {
        Duration cpu = processorTime();
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Cost(seconds, processorTime().minus(cpu).toNanos() / 1e9);
    }

    private static Duration processorTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }

    private Path folder() throws IOException {
        folders++;
        return Files.createDirectories(scratch.resolve("apply-" + folders));
    }
}
