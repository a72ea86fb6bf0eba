package io.vectron.bench.index;

import io.vectron.bench.data.Truth;
import io.vectron.bench.index.engine.Engines;
import io.vectron.bench.index.engine.IndexShape;
import io.vectron.bench.index.process.EngineProcess;
import io.vectron.bench.index.process.Launch;
import io.vectron.bench.index.process.MemoryGroup;
import io.vectron.bench.report.Percentiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A new process opens the sealed index, searches it, and tells what it takes beside the page cache;
 * then the same in a control group that has memory for half of its files only.
 */
final class OpenCase {
    static final String OPEN = "open";
    static final String LIMIT = "memory-limit";

    private static final int EF = 64;
    private static final int HEAP_MB = 64;
    private static final double MB = 1 << 20;

    /** What a JVM with such a heap and its code takes: with less it would not even start. */
    private static final long LEAST_LIMIT_BYTES = 160L << 20;

    private final Context context;
    private final Truth truth;

    OpenCase(Context context, Truth truth) {
        this.context = context;
        this.truth = truth;
    }

    void run() throws IOException {
        Launch usual = Launch.of(IndexShape.DEFAULT);
        Path folder;
        long bytes;
        try (Runner built = start(Engines.VECTRON.label(), usual)) {
            folder = context.builds().make(built).folder();
            bytes = built.process().memory().index();
        }
        Launch small = usual.withHeap(HEAP_MB);
        if (context.plan().cases().contains(OPEN)) {
            boolean forgotten = MemoryGroup.forgetPages(folder);
            open(folder, small, forgotten ? "not in the page cache" : "as they were");
            open(folder, small, "in the page cache");
        }
        if (context.plan().cases().contains(LIMIT)) {
            report("none", searched(folder, small));
            limited(folder, small, Math.max(bytes / 2, LEAST_LIMIT_BYTES));
        }
    }

    private Runner start(String name, Launch launch) throws IOException {
        return Runner.whole(name, launch, context.data(), context.scratch());
    }

    private void open(Path folder, Launch launch, String files) throws IOException {
        try (Runner opened = start("vectron-opened", launch)) {
            EngineProcess process = opened.process();
            long own = process.ownBytes();
            Duration before = process.cpu();
            Duration wall = process.open(folder);
            Duration cpu = process.cpu().minus(before);
            process.search(1, IndexBench.K, EF);
            EngineProcess.Memory memory = process.memory();
            Map<String, String> params = new LinkedHashMap<>();
            params.put("rows", "" + context.data().rows());
            params.put("segments", "" + process.counters().getOrDefault("segments", 0L));
            params.put("files", files);
            params.put("heap_limit_mb", "" + HEAP_MB);
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("seconds", wall.toNanos() / 1e9);
            metrics.put("cpu_seconds", cpu.toNanos() / 1e9);
            metrics.put("index_mb", memory.index() / MB);
            metrics.put("heap_mb", memory.heap() / MB);
            if (memory.own() >= 0) {
                metrics.put("own_mb", (memory.own() - own) / MB);
                metrics.put("process_mb", memory.own() / MB);
            }
            context.add(OPEN, params, metrics);
        }
    }

    private void limited(Path folder, Launch launch, long limit) throws IOException {
        try (MemoryGroup group = MemoryGroup.create(limit)) {
            if (!MemoryGroup.forgetPages(folder)) {
                leaveOut("the page cache cannot be asked to forget the files (dd)");
                return;
            }
            Map<String, Double> metrics = searched(folder, launch.behind(group.prefix()));
            metrics.put("peak_mb", group.peakBytes() / MB);
            report("" + Math.round(limit / MB), metrics);
        } catch (MemoryGroup.UnavailableException e) {
            leaveOut(String.valueOf(e.getMessage()));
        }
    }

    private void report(String limitMb, Map<String, Double> metrics) {
        Map<String, String> params = new LinkedHashMap<>();
        params.put("ef", "" + EF);
        params.put("limit_mb", limitMb);
        context.add(LIMIT, params, metrics);
    }

    private void leaveOut(String reason) {
        String note = LIMIT + " is left out: " + reason;
        context.screen().line(note);
        context.report().note(note);
    }

    /** Searches in a new process, from its first search on. */
    private Map<String, Double> searched(Path folder, Launch launch) throws IOException {
        try (Runner runner = start("vectron-limited", launch)) {
            EngineProcess process = runner.process();
            process.open(folder);
            var nanos = LongStream.empty();
            for (int round = 0; round < context.plan().rounds(); round++) {
                nanos = LongStream.concat(nanos, Arrays.stream(process.time(IndexBench.K, EF)));
            }
            Percentiles millis = IndexBench.millis(nanos.toArray());
            int[][] answers = process.search(1, IndexBench.K, EF).answers().rows();
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("index_mb", process.memory().index() / MB);
            metrics.put("recall_at_10", truth.recall(answers, IndexBench.K));
            metrics.put("p50_ms", millis.at(0.5));
            metrics.put("p99_ms", millis.at(0.99));
            metrics.put("max_ms", millis.max());
            return metrics;
        }
    }
}
