package io.vectron.bench.index;

import io.vectron.bench.data.Truth;
import io.vectron.bench.index.engine.IndexShape;
import io.vectron.bench.index.process.Launch;
import io.vectron.bench.report.Percentiles;
import io.vectron.index.IndexLimits;
import io.vectron.index.merge.MergePolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The same rows in one sealed segment and in several, searched in turn at the same ef: by the
 * thread that was asked alone, and with the other cores helping it.
 */
final class SegmentsCase {
    static final String NAME = "search-segments";

    private static final int[] SEGMENTS = {1, 2, 4, 8};
    private static final int MOST_FAN_OUT = 64; // never reached: nothing is merged
    private static final int EF = 64;
    private static final int WARM_UPS = 6;

    private final Context context;
    private final Truth truth;

    SegmentsCase(Context context, Truth truth) {
        this.context = context;
        this.truth = truth;
    }

    /** An index, and what each round of searches in it took. */
    private record Searched(Runner runner, int helpers, List<Round> rounds) {}

    private record Round(Percentiles millis, double wallSeconds, double cpuSeconds) {}

    void run() throws IOException {
        List<Searched> all = new ArrayList<>();
        try {
            for (int segments : SEGMENTS) {
                all.add(new Searched(built(segments, 0), 0, new ArrayList<>()));
            }
            int others = Runtime.getRuntime().availableProcessors() - 1;
            for (int segments : others == 0 ? new int[0] : SEGMENTS) {
                all.add(new Searched(built(segments, others), others, new ArrayList<>()));
            }
            for (Searched searched : all) {
                for (int i = 0; i < WARM_UPS; i++) {
                    searched.runner().process().time(IndexBench.K, EF);
                }
            }
            for (int round = 0; round < context.plan().rounds(); round++) {
                for (Searched searched : all) {
                    searched.rounds().add(round(searched.runner()));
                }
            }
            for (Searched searched : all) {
                report(searched);
            }
        } finally {
            all.forEach(searched -> searched.runner().close());
        }
    }

    private Runner built(int segments, int helpers) throws IOException {
        int rows = context.data().rows();
        int hot = Math.min((rows + segments - 1) / segments, IndexLimits.MAX_ROWS);
        MergePolicy usual = MergePolicy.DEFAULT;
        IndexShape shape =
                IndexShape.DEFAULT
                        .withHotRows(hot)
                        .withHelpers(helpers)
                        .with(
                                new MergePolicy(
                                        MOST_FAN_OUT,
                                        usual.floorRows(),
                                        usual.maxRows(),
                                        usual.deadShare()));
        Runner runner =
                Runner.whole(
                        "vectron-" + segments + "-segments",
                        Launch.of(shape),
                        context.data(),
                        context.scratch());
        context.builds().make(runner);
        return runner;
    }

    private Round round(Runner runner) throws IOException {
        Duration before = runner.process().cpu();
        long[] nanos = runner.process().time(IndexBench.K, EF);
        Duration cpu = runner.process().cpu().minus(before);
        double wall = Arrays.stream(nanos).sum() / 1e9;
        return new Round(IndexBench.millis(nanos), wall, cpu.toNanos() / 1e9);
    }

    private void report(Searched searched) throws IOException {
        List<Round> rounds = searched.rounds();
        int[][] answers = searched.runner().process().search(1, IndexBench.K, EF).answers().rows();
        double wall = rounds.stream().mapToDouble(Round::wallSeconds).min().orElseThrow();
        double cpu = rounds.stream().mapToDouble(Round::cpuSeconds).min().orElseThrow();
        Map<String, String> params = new LinkedHashMap<>();
        params.put(
                "segments",
                "" + searched.runner().process().counters().getOrDefault("segments", 0L));
        params.put("ef", "" + EF);
        params.put("threads", "1");
        params.put("helpers", "" + searched.helpers());
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("recall_at_10", truth.recall(answers, IndexBench.K));
        metrics.put("qps", truth.queries() / wall);
        metrics.put("p50_ms", median(rounds, 0.5));
        metrics.put("p99_ms", median(rounds, 0.99));
        metrics.put("cpu_us_per_search", cpu * 1e6 / truth.queries());
        metrics.put("load_average", Context.load());
        context.add(NAME, params, metrics);
    }

    private static double median(List<Round> rounds, double share) {
        double[] values = rounds.stream().mapToDouble(round -> round.millis().at(share)).toArray();
        return new Percentiles(values).at(0.5);
    }
}
