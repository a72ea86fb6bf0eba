package io.vectron.bench.cluster.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What processes take, as the system and they themselves tell. */
public final class Figures {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Figures() {}

    /**
     * Processor time that a process has used so far.
     *
     * @throws IOException if it has ended
     */
    public static Duration cpu(long pid) throws IOException {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(() -> new IOException("no processor time of process " + pid));
    }

    /** Threads of a process. */
    public static int threads(long pid) throws IOException {
        return Math.toIntExact(status(pid, "Threads:"));
    }

    /** Resident memory of a process, bytes; shared pages are counted in full. */
    public static long residentBytes(long pid) throws IOException {
        return status(pid, "VmRSS:") << 10;
    }

    private static long status(long pid, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()).strip().split("\\s+", -1)[0]);
            }
        }
        throw new IOException("process " + pid + " does not tell " + name);
    }

    /**
     * The sum of a metric over those of its lines that contain {@code label}.
     *
     * @param address of the service's management port
     * @throws IOException if the service does not answer, or has no such metric
     */
    public static double metric(String address, String name, String label)
            throws IOException, InterruptedException {
        List<String> lines = page(address).lines().toList();
        double sum = 0;
        boolean found = false;
        for (String line : lines) {
            boolean named = line.startsWith(name + "{") || line.startsWith(name + " ");
            if (named && line.contains(label)) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                found = true;
            }
        }
        if (!found) {
            throw new IOException(
                    String.format(Locale.ROOT, "%s tells no %s with %s", address, name, label));
        }
        return sum;
    }

    private static String page(String address) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + address + "/metrics"))
                        .timeout(PATIENCE)
                        .build();
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(address + "/metrics answers " + answer.statusCode());
            }
            return answer.body();
        }
    }
}
