package io.vectron.bench.index;

import io.vectron.bench.index.engine.IndexShape;
import io.vectron.bench.index.process.Launch;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Searches and writes beside each other while the index seals and merges: hot segments are so small
 * that it always does one of the two.
 */
final class PausesCase {
    static final String NAME = "pauses";

    private static final int EF = 64;
    private static final int WRITES_A_SECOND = 1_000;
    private static final int LEAST_HOT_ROWS = 1_000;
    private static final int MOST_HOT_ROWS = 1 << 14;

    private final Context context;

    PausesCase(Context context) {
        this.context = context;
    }

    void run() throws IOException {
        int rows = context.data().rows();
        int hot = Math.clamp(rows / 8, LEAST_HOT_ROWS, MOST_HOT_ROWS);
        Launch launch = Launch.of(IndexShape.DEFAULT.withHotRows(hot));
        try (Runner runner = Runner.whole(NAME, launch, context.data(), context.scratch())) {
            context.builds().make(runner);
            Map<String, Long> before = runner.process().counters();
            int seconds = context.plan().pauseSeconds();
            context.screen().line(NAME + ": searches and writes for " + seconds + " s");
            var measured =
                    runner.process().besideWrites(WRITES_A_SECOND, seconds, IndexBench.K, EF);
            Map<String, Long> after = runner.process().counters();
            Map<String, String> params = new LinkedHashMap<>();
            params.put("ef", "" + EF);
            params.put("hot_rows", "" + hot);
            params.put("seconds", "" + seconds);
            Map<String, Double> metrics = new LinkedHashMap<>(IndexBench.besideWrites(measured));
            metrics.put(
                    "seals",
                    (double) (after.getOrDefault("seals", 0L) - before.getOrDefault("seals", 0L)));
            metrics.put(
                    "merges",
                    (double)
                            (after.getOrDefault("merges", 0L) - before.getOrDefault("merges", 0L)));
            metrics.put("load_average", Context.load());
            context.add(NAME, params, metrics);
        }
    }
}
