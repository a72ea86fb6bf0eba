package io.vectron.bench.index;

import io.vectron.bench.data.Truth;
import io.vectron.bench.report.Measurement;
import io.vectron.bench.report.Percentiles;
import io.vectron.cli.terminal.Progress;
import io.vectron.cli.terminal.Screen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Searches by all engines in turn, round after round, so that what else the machine does hits them
 * alike. The rate is by processor time, of the best round; latencies are the median round's.
 */
final class SearchCase {
    private static final double[] RECALLS = {0.95, 0.99};
    private static final int[] WARM_UP_EFS = {100, 100, 100, 40, 40, 40};

    private final String dataset;
    private final Truth truth;
    private final IndexPlan plan;
    private final Screen screen;
    private final Map<String, List<Curve.Point>> points = new LinkedHashMap<>();

    SearchCase(String dataset, Truth truth, IndexPlan plan, Screen screen) {
        this.dataset = dataset;
        this.truth = truth;
        this.plan = plan;
        this.screen = screen;
    }

    /** Measures at each ef, then compares at equal recall. */
    List<Measurement> measure(List<Runner> runners) throws IOException {
        warmUp(runners);
        List<Measurement> measurements = new ArrayList<>();
        int total = plan.efs().size() * plan.rounds() * runners.size();
        Progress progress = new Progress(screen, "search", 0, total);
        for (int ef : plan.efs()) {
            List<Rounds> rounds = runners.stream().map(_ -> new Rounds(plan.rounds())).toList();
            for (int round = 0; round < plan.rounds(); round++) {
                for (int i = 0; i < runners.size(); i++) {
                    progress.at(
                            measurements.size() * (long) plan.rounds()
                                    + (long) round * runners.size()
                                    + i,
                            "ef " + ef + ", " + runners.get(i).name());
                    round(runners.get(i), rounds.get(i), round, ef);
                }
            }
            for (int i = 0; i < runners.size(); i++) {
                measurements.add(measurement(runners.get(i), rounds.get(i), ef));
            }
        }
        progress.end();
        measurements.addAll(atEqualRecall());
        return measurements;
    }

    private void warmUp(List<Runner> runners) throws IOException {
        for (Runner runner : runners) {
            screen.line(runner.name() + ": warming up");
            for (int ef : WARM_UP_EFS) {
                runner.process().search(plan.threads(), IndexBench.K, ef);
            }
        }
    }

    /** What the rounds of an engine at one ef gave. */
    private static final class Rounds {
        private final double[] cpuSeconds;
        private final double[] p50;
        private final double[] p99;
        private double recall;

        Rounds(int count) {
            cpuSeconds = new double[count];
            p50 = new double[count];
            p99 = new double[count];
        }
    }

    private void round(Runner runner, Rounds rounds, int round, int ef) throws IOException {
        var pass = runner.process().search(plan.threads(), IndexBench.K, ef);
        rounds.cpuSeconds[round] = pass.cpu().toNanos() / 1e9;
        rounds.recall = truth.recall(pass.answers().rows(), IndexBench.K);
        var latencies = IndexBench.millis(runner.process().time(IndexBench.K, ef));
        rounds.p50[round] = latencies.at(0.5);
        rounds.p99[round] = latencies.at(0.99);
    }

    private Measurement measurement(Runner runner, Rounds rounds, int ef) {
        double qps = truth.queries() / Arrays.stream(rounds.cpuSeconds).min().orElseThrow();
        points.computeIfAbsent(runner.name(), _ -> new ArrayList<>())
                .add(new Curve.Point(rounds.recall, qps));
        Map<String, String> params = new LinkedHashMap<>();
        params.put("ef", "" + ef);
        params.put("threads", "" + plan.threads());
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("recall_at_10", rounds.recall);
        metrics.put("qps", qps);
        metrics.put("p50_ms", new Percentiles(rounds.p50).at(0.5));
        metrics.put("p99_ms", new Percentiles(rounds.p99).at(0.5));
        return new Measurement(IndexBench.NAME, "search", runner.name(), dataset, params, metrics);
    }

    private List<Measurement> atEqualRecall() {
        List<Measurement> measurements = new ArrayList<>();
        for (double recall : RECALLS) {
            points.forEach((name, measured) -> {
                @Nullable Double qps = new Curve(measured).qpsAt(recall);
                if (qps == null) {
                    screen.line(name + ": recall " + recall + " was not reached");
                } else {
                    measurements.add(atRecall(name, recall, qps));
                }
            });
        }
        return measurements;
    }

    private Measurement atRecall(String name, double recall, double qps) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("qps", qps);
        for (String family : List.of("hnswlib", "lucene", "jvector")) {
            OptionalDouble best =
                    points.entrySet().stream()
                            .filter(peer -> peer.getKey().startsWith(family))
                            .map(peer -> new Curve(peer.getValue()).qpsAt(recall))
                            .flatMapToDouble(IndexBench::stream)
                            .max();
            best.ifPresent(rate -> metrics.put("ratio_to_" + family, qps / rate));
        }
        Map<String, String> params = new LinkedHashMap<>();
        params.put("recall", "" + recall);
        params.put("threads", "" + plan.threads());
        return new Measurement(IndexBench.NAME, "search-at-recall", name, dataset, params, metrics);
    }
}
