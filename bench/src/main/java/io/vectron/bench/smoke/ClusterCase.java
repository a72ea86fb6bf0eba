package io.vectron.bench.smoke;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vectron.bench.report.Measurement;
import io.vectron.cli.terminal.Screen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./vectron up --cluster}: how long from the launcher's start until all processes are ready,
 * and what they hold in RAM together, shared pages in proportion.
 */
final class ClusterCase {
    private static final int DEADLINE_SECONDS = 240;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;
    private final Path scratch;
    private final Screen screen;

    /**
     * @param scratch folder for data and output; must exist
     */
    ClusterCase(Path home, Path scratch, Screen screen) {
        this.home = home;
        this.scratch = scratch;
        this.screen = screen;
    }

    /** Starts a cluster on a fresh folder, measures it, and stops it whatever happens. */
    Measurement measure() throws IOException, InterruptedException {
        screen.line("starting vectron up --cluster");
        Measurement measured;
        try {
            measured = start();
        } catch (IOException | RuntimeException e) {
            try {
                run("stop");
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        run("stop");
        return measured;
    }

    private Measurement start() throws IOException, InterruptedException {
        long start = System.nanoTime();
        JsonNode ready = JSON.readTree(run("up", "--cluster", "--json", "--port-base", "0"));
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("seconds_to_ready", seconds);
        metrics.put("rss_mb", residentMegabytes(ready));
        return new Measurement(
                SmokeBench.NAME,
                "cluster",
                "vectron",
                "",
                Map.of("processes", "" + ready.path("services").size()),
                metrics);
    }

    /**
     * Of all processes together; one whose memory is not told would make the sum too small.
     *
     * @throws IOException if there is such a process
     */
    static double residentMegabytes(JsonNode status) throws IOException {
        double sum = 0;
        for (JsonNode service : status.path("services")) {
            JsonNode resident = service.path("rss_mb");
            if (!resident.isNumber()) {
                throw new IOException(
                        "the memory of " + service.path("service").asText() + " is not told");
            }
            sum += resident.asDouble();
        }
        if (sum == 0) {
            throw new IOException("up --cluster told of no process: " + status);
        }
        return sum;
    }

    /** Runs a command on the cluster; returns what it printed. */
    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(home.resolve("vectron").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--data", scratch.resolve("cluster").toString()));
        Path out = scratch.resolve("cluster.out");
        Path err = scratch.resolve("cluster.err");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("vectron " + arguments[0] + " did not end");
        }
        if (process.exitValue() != 0) {
            throw new IOException("vectron " + arguments[0] + " failed: " + text(err).strip());
        }
        return text(out);
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
