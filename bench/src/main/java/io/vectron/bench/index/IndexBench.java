package io.vectron.bench.index;

import static java.util.Map.entry;

import io.vectron.bench.data.Dataset;
import io.vectron.bench.data.Truth;
import io.vectron.bench.index.process.EngineProcess;
import io.vectron.bench.report.Measurement;
import io.vectron.bench.report.Percentiles;
import io.vectron.bench.report.Report;
import io.vectron.bench.report.Report.Target;
import io.vectron.cli.terminal.Progress;
import io.vectron.cli.terminal.Screen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Our index and its peers on the same rows and queries, each in a process of its own. */
final class IndexBench {
    /** Name on the command line. */
    static final String NAME = "index";

    /** Nearest rows asked for. */
    static final int K = 10;

    /** Cases of every engine, in the order they run; those that change rows are the last. */
    static final List<String> ENGINE_CASES =
            List.of("build", "search", "memory", "search-under-writes", "search-after-updates");

    /** Cases of our index as a whole, whatever engines were chosen. */
    static final List<String> OWN_CASES =
            List.of(
                    SegmentsCase.NAME,
                    PausesCase.NAME,
                    OpenCase.OPEN,
                    OpenCase.LIMIT,
                    ParametersCase.NAME,
                    MergeCase.NAME);

    /** All cases, in the order they run. */
    static final Set<String> CASES =
            Collections.unmodifiableSet(
                    new LinkedHashSet<>(
                            Stream.of(ENGINE_CASES, OWN_CASES).flatMap(List::stream).toList()));

    /** What to reach, by one thread on the same machine in the same run. */
    static final Map<String, Target> TARGETS =
            Map.ofEntries(
                    builds("vectron-hot", "lucene", 1),
                    builds("vectron-hot", "hnswlib", 0.8),
                    builds("vectron-compact", "lucene", 1),
                    builds("vectron-compact", "hnswlib", 0.8),
                    builds("vectron-fused", "lucene", 1),
                    builds("vectron-fused", "hnswlib", 0.8),
                    searches("vectron-hot", "hnswlib", 1.5),
                    searches("vectron-compact", "hnswlib", 1.8),
                    searches("vectron-fused", "hnswlib", 2.5),
                    searches("vectron-fused", "lucene", 3),
                    searches("vectron-fused", "jvector", 1.5),
                    entry("search-under-writes.p99_ratio", new Target.AtMost(3)),
                    entry("search-after-updates.recall_lost", new Target.AtMost(0.01)),
                    entry("pauses.p99_ratio", new Target.AtMost(3)),
                    entry("pauses.p999_ms", new Target.AtMost(50)),
                    entry("pauses.apply_p999_ms", new Target.AtMost(50)),
                    entry("open.seconds", new Target.AtMost(2)),
                    entry("open.own_mb", new Target.AtMost(100)),
                    entry("merge.write_amplification", new Target.AtMost(3)));

    private static final int EF = 64;
    private static final int WRITES_A_SECOND = 1_000;
    private static final double MB = 1 << 20;

    private final Dataset data;
    private final IndexPlan plan;
    private final Path scratch;
    private final Report report;
    private final Screen screen;

    private static Map.Entry<String, Target> builds(String engine, String peer, double ratio) {
        return entry("build." + engine + ".ratio_to_" + peer, new Target.AtLeast(ratio));
    }

    private static Map.Entry<String, Target> searches(String engine, String peer, double ratio) {
        return entry("search-at-recall." + engine + ".ratio_to_" + peer, new Target.AtLeast(ratio));
    }

    /**
     * @param scratch folder for what does not outlive the run; the caller deletes it
     */
    IndexBench(Dataset data, IndexPlan plan, Path scratch, Report report, Screen screen) {
        this.data = data;
        this.plan = plan;
        this.scratch = scratch;
        this.report = report;
        this.screen = screen;
    }

    /** Runs the cases and adds what they measure. */
    void run() throws IOException {
        screen.line(
                data.name()
                        + ": "
                        + data.rows()
                        + " x "
                        + data.dimension()
                        + ", "
                        + data.metric().name().toLowerCase(Locale.ROOT)
                        + ", "
                        + data.queries()
                        + " queries");
        Truth truth = Truth.of(data, plan.cache());
        if (ENGINE_CASES.stream().anyMatch(plan.cases()::contains)) {
            compare(truth);
        }
        Context context = new Context(data, plan, scratch, report, screen);
        if (plan.cases().contains(SegmentsCase.NAME)) {
            new SegmentsCase(context, truth).run();
        }
        if (plan.cases().contains(PausesCase.NAME)) {
            new PausesCase(context).run();
        }
        if (plan.cases().contains(OpenCase.OPEN) || plan.cases().contains(OpenCase.LIMIT)) {
            new OpenCase(context, truth).run();
        }
        if (plan.cases().contains(ParametersCase.NAME)) {
            new ParametersCase(context, truth).run();
        }
    }

    private void compare(Truth truth) throws IOException {
        List<Runner> runners = new ArrayList<>();
        try {
            for (String name : plan.engines()) {
                start(name, runners);
            }
            build(runners);
            if (plan.cases().contains("search")) {
                new SearchCase(data.name(), truth, plan, screen)
                        .measure(runners)
                        .forEach(report::add);
            }
            for (Runner runner : runners) {
                if (plan.cases().contains("memory")) {
                    report.add(memory(runner));
                }
                if (plan.cases().contains("search-under-writes") && runner.updatable()) {
                    report.add(underWrites(runner));
                }
                if (plan.cases().contains("search-after-updates") && runner.updatable()) {
                    report.add(afterUpdates(runner, truth));
                }
            }
        } finally {
            runners.forEach(Runner::close);
        }
    }

    private void start(String name, List<Runner> runners) throws IOException {
        try {
            Runner runner = Runner.start(name, data, plan.python(), scratch);
            runners.add(runner);
            report.note(name + ": " + runner.process().description());
        } catch (EngineProcess.MissingException e) {
            String note = name + " is left out: " + e.getMessage();
            screen.line(note);
            report.note(note);
        }
    }

    private void build(List<Runner> runners) throws IOException {
        Builds builds = new Builds(data, plan.cache(), scratch, plan.buildThreads(), screen);
        Map<String, Builds.Built> built = new LinkedHashMap<>();
        for (Runner runner : runners) {
            built.put(runner.name(), builds.make(runner));
        }
        if (!plan.cases().contains("build")) {
            return;
        }
        for (Runner runner : runners) {
            report.add(build(runner, built));
        }
    }

    private Measurement build(Runner runner, Map<String, Builds.Built> all) {
        Builds.Built built = all.get(runner.name());
        if (built == null) {
            throw new IllegalStateException(runner.name() + " was not built");
        }
        Map<String, String> params = new LinkedHashMap<>();
        params.put("threads", "" + built.threads());
        params.put("settings", settings(runner));
        params.put("built", built.now() ? "in this run" : "earlier");
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("vectors_per_second", data.rows() / (built.wall().toNanos() / 1e9));
        double rate = rate(built);
        metrics.put("vectors_per_cpu_second", rate);
        for (String peer : List.of("lucene", "hnswlib")) {
            Builds.Built other = all.get(peer);
            if (other != null) {
                metrics.put("ratio_to_" + peer, rate / rate(other));
            }
        }
        return measurement("build", runner, params, metrics);
    }

    private static String settings(Runner runner) {
        return String.join(
                ",",
                runner.settings().entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .sorted()
                        .toList());
    }

    private double rate(Builds.Built built) {
        return data.rows() / (built.cpu().toNanos() / 1e9);
    }

    private Measurement memory(Runner runner) throws IOException {
        EngineProcess.Memory memory = runner.process().memory();
        Map<String, Double> metrics = new LinkedHashMap<>();
        double bytes = (double) memory.index() / data.rows();
        metrics.put("bytes_per_vector", bytes);
        metrics.put("bytes_per_vector_beside_floats", bytes - 4.0 * data.dimension());
        if (memory.heap() >= 0) {
            metrics.put("heap_mb", memory.heap() / MB);
        }
        if (memory.own() >= 0) {
            metrics.put("process_mb", memory.own() / MB);
        }
        return measurement("memory", runner, Map.of(), metrics);
    }

    private Measurement underWrites(Runner runner) throws IOException {
        screen.line(runner.name() + ": searching beside writes");
        var measured = runner.process().besideWrites(WRITES_A_SECOND, plan.writeSeconds(), K, EF);
        Map<String, Double> metrics = besideWrites(measured);
        return measurement("search-under-writes", runner, Map.of("ef", "" + EF), metrics);
    }

    /** What searches and writes beside each other took. */
    static Map<String, Double> besideWrites(EngineProcess.BesideWrites measured) {
        Percentiles alone = millis(measured.alone());
        Percentiles beside = millis(measured.beside());
        Percentiles writes = millis(measured.writes());
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("written_per_second", measured.writtenPerSecond());
        metrics.put("waited_share", measured.waitedShare());
        metrics.put("idle_p50_ms", alone.at(0.5));
        metrics.put("p50_ms", beside.at(0.5));
        metrics.put("idle_p99_ms", alone.at(0.99));
        metrics.put("p99_ms", beside.at(0.99));
        metrics.put("p99_ratio", beside.at(0.99) / alone.at(0.99));
        metrics.put("idle_p999_ms", alone.at(0.999));
        metrics.put("p999_ms", beside.at(0.999));
        metrics.put("idle_max_ms", alone.max());
        metrics.put("max_ms", beside.max());
        metrics.put("apply_p99_ms", writes.at(0.99));
        metrics.put("apply_p999_ms", writes.at(0.999));
        metrics.put("apply_max_ms", writes.max());
        return metrics;
    }

    private Measurement afterUpdates(Runner runner, Truth truth) throws IOException {
        double before = recall(runner, truth);
        String work = runner.name() + ": rewriting";
        long total = (long) plan.turnovers() * data.rows();
        Progress progress = new Progress(screen, work, 0, total);
        double seconds =
                runner.process().rewrite(plan.turnovers(), rows -> progress.at(rows, "")).toNanos()
                        / 1e9;
        progress.end();
        double after = recall(runner, truth);
        Map<String, String> params = new LinkedHashMap<>();
        params.put("ef", "" + EF);
        params.put("turnovers", "" + plan.turnovers());
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("recall_at_10_before", before);
        metrics.put("recall_at_10", after);
        metrics.put("recall_lost", before - after);
        metrics.put("vectors_per_second", total / seconds);
        return measurement("search-after-updates", runner, params, metrics);
    }

    private double recall(Runner runner, Truth truth) throws IOException {
        return truth.recall(runner.process().search(1, K, EF).answers().rows(), K);
    }

    private Measurement measurement(
            String scenario,
            Runner runner,
            Map<String, String> params,
            Map<String, Double> metrics) {
        return new Measurement(NAME, scenario, runner.name(), data.name(), params, metrics);
    }

    static Percentiles millis(long[] nanos) {
        return new Percentiles(Arrays.stream(nanos).mapToDouble(value -> value / 1e6).toArray());
    }

    /** A stream of the value, or an empty one. */
    static DoubleStream stream(@Nullable Double value) {
        return value == null ? DoubleStream.empty() : DoubleStream.of(value);
    }
}
