package io.vectron.bench.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@code ./vectron up} of its own, on free ports, started by the launcher as a user would. */
public final class VectronProcess implements AutoCloseable {
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(20);

    private final Process process;
    private final Ready ready;
    private final double seconds;

    private VectronProcess(Process process, Ready ready, double seconds) {
        this.process = process;
        this.ready = ready;
        this.seconds = seconds;
    }

    /**
     * What the process said when it was ready.
     *
     * @param rssMb its resident memory then
     * @param gateway {@code host:port} of the gateway's gRPC
     * @param rest URL of the gateway's REST API
     * @param kafka bootstrap servers
     */
    public record Ready(double rssMb, String gateway, String rest, String kafka) {}

    /**
     * Starts it and returns when it is ready.
     *
     * @param home folder of the launcher
     * @param data folder of its data
     * @throws IOException if it ends before it is ready
     */
    public static VectronProcess start(Path home, Path data) throws IOException {
        long start = System.nanoTime();
        ProcessBuilder builder =
                new ProcessBuilder(
                        home.resolve("vectron").toString(),
                        "up",
                        "--json",
                        "--port-base",
                        "0",
                        "--data",
                        data.toString());
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = builder.start();
        try {
            BufferedReader out =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8));
            String line = out.readLine();
            if (line == null) {
                throw new IOException(
                        "vectron up ended before it was ready; its log is in " + data);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            return new VectronProcess(process, parse(line), seconds);
        } catch (IOException e) {
            process.destroy();
            throw e;
        }
    }

    static Ready parse(String line) throws IOException {
        Map<String, String> values = new HashMap<>();
        try (JsonParser json = new JsonFactory().createParser(line)) {
            @Nullable JsonToken token;
            while ((token = json.nextToken()) != null) {
                if (token.isScalarValue()) {
                    values.put(json.getParsingContext().pathAsPointer().toString(), json.getText());
                }
            }
        }
        return new Ready(
                Double.parseDouble(value(values, "/rss_mb")),
                value(values, "/addresses/gateway"),
                value(values, "/addresses/rest"),
                value(values, "/addresses/kafka"));
    }

    private static String value(Map<String, String> values, String name) throws IOException {
        String value = values.get(name);
        if (value == null) {
            throw new IOException("vectron up did not tell its " + name);
        }
        return value;
    }

    /** What it said. */
    public Ready ready() {
        return ready;
    }

    /**
     * Processor time that it has used so far.
     *
     * @throws IllegalStateException if this system does not tell, or it has ended
     */
    public Duration cpu() {
        // The launcher becomes the JVM, so that it is the same process.
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("no processor time of the process"));
    }

    /** From the start of the launcher until it was ready. */
    public double secondsToReady() {
        return seconds;
    }

    /**
     * Stops it in order; waits some seconds.
     *
     * @throws IllegalStateException if it does not stop; it is killed then
     */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("vectron up did not stop within " + STOP_DEADLINE);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
