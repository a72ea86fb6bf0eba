package io.vectron.bench.smoke;

import io.vectron.bench.report.Measurement;
import io.vectron.bench.report.Percentiles;
import io.vectron.cli.terminal.Progress;
import io.vectron.cli.terminal.Screen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long a short command takes, from the launcher's start to its end, as a person feels it. */
final class CommandCase {
    private static final int RUNS = 11;
    private static final int DEADLINE_SECONDS = 60;

    private final Path home;
    private final Screen screen;

    CommandCase(Path home, Screen screen) {
        this.home = home;
        this.screen = screen;
    }

    /** The median of some runs of {@code collection list}, after one that does not count. */
    Measurement measure(String gateway) throws IOException, InterruptedException {
        double[] seconds = new double[RUNS];
        Progress progress = new Progress(screen, "command", 0, RUNS + 1);
        for (int run = -1; run < RUNS; run++) {
            double took = run(gateway);
            if (run >= 0) {
                seconds[run] = took;
            }
            progress.at(run + 2, "");
        }
        progress.end();
        Percentiles percentiles = new Percentiles(seconds);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("p50_seconds", percentiles.at(0.5));
        metrics.put("max_seconds", percentiles.max());
        return new Measurement(
                SmokeBench.NAME, "command", "vectron", "", Map.of("runs", "" + RUNS), metrics);
    }

    private double run(String gateway) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        home.resolve("vectron").toString(),
                        "collection",
                        "list",
                        "--address",
                        gateway);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        long start = System.nanoTime();
        Process process = builder.start();
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("vectron collection list did not end");
        }
        if (process.exitValue() != 0) {
            throw new IOException("vectron collection list failed: " + process.exitValue());
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
