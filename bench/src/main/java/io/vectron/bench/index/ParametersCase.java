package io.vectron.bench.index;

import io.vectron.bench.data.Truth;
import io.vectron.bench.index.engine.IndexShape;
import io.vectron.bench.index.process.Launch;
import io.vectron.bench.report.Measurement;
import io.vectron.index.IndexLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Graphs built in several ways over the same rows, one sealed segment each, searched in turn. */
final class ParametersCase {
    static final String NAME = "parameters";

    /** Around the default, one parameter at a time; then the other layout. */
    static final List<String> USUAL =
            List.of(
                    "alpha=1.2,beam=90,degree=32",
                    "alpha=1.0,beam=90,degree=32",
                    "alpha=1.1,beam=90,degree=32",
                    "alpha=1.3,beam=90,degree=32",
                    "alpha=1.2,beam=60,degree=32",
                    "alpha=1.2,beam=160,degree=32",
                    "alpha=1.2,beam=90,degree=24",
                    "alpha=1.2,beam=90,degree=32,layout=compact",
                    "alpha=1.0,beam=90,degree=32,layout=compact");

    private final Context context;
    private final Truth truth;

    ParametersCase(Context context, Truth truth) {
        this.context = context;
        this.truth = truth;
    }

    void run() throws IOException {
        List<Runner> runners = new ArrayList<>();
        Map<String, Builds.Built> built = new LinkedHashMap<>();
        try {
            for (String choice : context.plan().parameters()) {
                Runner runner = start(choice);
                runners.add(runner);
                built.put(choice, context.builds().make(runner));
            }
            SearchCase searches =
                    new SearchCase(context.data().name(), truth, context.plan(), context.screen());
            Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
            built.forEach((choice, build) -> metrics.put(choice, of(build)));
            for (Measurement measurement : searches.measure(runners)) {
                String recall = measurement.params().get("recall");
                Double qps = measurement.metrics().get("qps");
                Map<String, Double> figures = metrics.get(measurement.engine());
                if (recall != null && qps != null && figures != null) {
                    figures.put("qps_at_recall_" + recall, qps);
                }
            }
            metrics.forEach((choice, figures) -> context.add(NAME, params(choice), figures));
        } finally {
            runners.forEach(Runner::close);
        }
    }

    private Runner start(String choice) throws IOException {
        // All rows in one hot segment, so that the one graph is made of all of them.
        int rows = Math.min(context.data().rows(), IndexLimits.MAX_ROWS);
        IndexShape shape = IndexShape.of(choice).withHotRows(rows);
        return Runner.whole(choice, Launch.of(shape), context.data(), context.scratch());
    }

    private Map<String, Double> of(Builds.Built build) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(
                "vectors_per_cpu_second", context.data().rows() / (build.cpu().toNanos() / 1e9));
        return metrics;
    }

    private static Map<String, String> params(String choice) {
        Map<String, String> settings = IndexShape.of(choice).settings();
        Map<String, String> params = new LinkedHashMap<>();
        for (String name : List.of("alpha", "beam", "degree", "layout")) {
            params.put(name, settings.getOrDefault(name, ""));
        }
        return params;
    }
}
