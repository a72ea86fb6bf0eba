package io.vectron.bench.index;

import io.vectron.bench.data.Dataset;
import io.vectron.bench.data.SyntheticData;
import io.vectron.bench.index.engine.IndexShape;
import io.vectron.bench.index.process.Launch;
import io.vectron.bench.report.Measurement;
import io.vectron.bench.report.Report;
import io.vectron.bench.run.Vectors;
import io.vectron.cli.terminal.Screen;
import io.vectron.index.GraphSpec;
import io.vectron.index.IndexLimits;
import io.vectron.index.Metric;
import io.vectron.index.merge.MergePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts what seals and merges write while rows come in, one by one, until nothing is left to do.
 *
 * <p>With {@link #USUAL_ROWS} rows, hot segments and merges are the product's own. Only the graphs
 * are made with little effort and the rows are short, or it would take hours: which segments are
 * merged, and so what is written for each byte that came in, depends on numbers of rows alone. With
 * fewer rows, hot segments and the smallest tier are smaller in proportion, so that as many merges
 * follow from them.
 */
final class MergeCase {
    static final String NAME = "merge";

    /** Rows that are written unless the plan says otherwise. */
    static final int USUAL_ROWS = 5_000_000;

    private static final int DIMENSION = 8;
    private static final int CENTRES = 1_000;
    private static final long SEED = 11;
    private static final GraphSpec LITTLE_EFFORT = new GraphSpec(8, 12, 1.2f, 1.2f);
    private static final double NANOS = 1e9;

    private final int rows;
    private final Path scratch;
    private final Report report;
    private final Screen screen;

    /**
     * @param scratch folder for rows and index; the caller deletes it
     */
    MergeCase(int rows, Path scratch, Report report, Screen screen) {
        this.rows = rows;
        this.scratch = scratch;
        this.report = report;
        this.screen = screen;
    }

    /** The index that takes so many rows. */
    static IndexShape shape(int rows) {
        double share = Math.min(1, rows / (double) USUAL_ROWS);
        MergePolicy usual = MergePolicy.DEFAULT;
        int hot = (int) Math.max(1, IndexLimits.DEFAULT.hotRows() * share);
        int floor = (int) Math.max(1, usual.floorRows() * share);
        return IndexShape.DEFAULT
                .withHotRows(hot)
                .with(LITTLE_EFFORT)
                .with(new MergePolicy(usual.fanOut(), floor, usual.maxRows(), usual.deadShare()));
    }

    void run() throws IOException {
        screen.line(NAME + ": " + rows + " x " + DIMENSION + ", synthetic");
        Path folder = Files.createDirectories(scratch.resolve("merge-rows"));
        SyntheticData.write(
                folder, Vectors.synthetic(DIMENSION, CENTRES, SEED), rows, IndexBench.K);
        Dataset data = Dataset.open(folder, Metric.EUCLIDEAN, rows);
        Launch launch = Launch.of(shape(rows));
        try (Runner runner = Runner.whole(NAME, launch, data, scratch)) {
            // Neither the rows nor the index are worth keeping.
            Builds.Built built = new Builds(data, null, scratch, 1, screen).make(runner);
            report.add(measurement(built, launch.shape(), runner.process().counters()));
        }
    }

    private Measurement measurement(
            Builds.Built built, IndexShape shape, Map<String, Long> counters) {
        Map<String, String> params = new LinkedHashMap<>();
        params.put("rows", "" + rows);
        params.put("hot_rows", "" + shape.hotRows());
        params.put("degree", "" + shape.graph().degree());
        params.put("beam", "" + shape.graph().beamWidth());
        double sealedBytes = counters.getOrDefault("sealed_bytes", 0L);
        double sealedRows = counters.getOrDefault("sealed_rows", 0L);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(
                "write_amplification",
                (sealedBytes + counters.getOrDefault("merged_bytes", 0L)) / sealedBytes);
        metrics.put(
                "rows_written_per_row",
                (sealedRows + counters.getOrDefault("merged_rows", 0L)) / sealedRows);
        metrics.put("rows_written", sealedRows + counters.getOrDefault("merged_rows", 0L));
        metrics.put("vectors_per_second", rows / (built.wall().toNanos() / NANOS));
        metrics.put("vectors_per_cpu_second", rows / (built.cpu().toNanos() / NANOS));
        metrics.put("segments", (double) counters.getOrDefault("segments", 0L));
        metrics.put("seals", (double) counters.getOrDefault("seals", 0L));
        metrics.put("merges", (double) counters.getOrDefault("merges", 0L));
        metrics.put("seconds", built.wall().toNanos() / NANOS);
        return new Measurement(
                IndexBench.NAME, NAME, "vectron", "synthetic-" + DIMENSION, params, metrics);
    }
}
