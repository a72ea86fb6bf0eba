package io.vectron.standalone.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session cluster over Flink's REST interface, the one that its dashboard uses. */
final class RestSession implements SessionCluster {
    private static final Logger log = LoggerFactory.getLogger(RestSession.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** The jar travels, and its program runs in the JobManager, before there is an answer. */
    private static final Duration SUBMIT_PATIENCE = Duration.ofMinutes(2);

    private static final Set<String> ENDED = Set.of("FINISHED", "CANCELED", "FAILED");
    private static final String BOUNDARY = "vectron-boundary-7f2c41d09ab35e68";
    private static final String CAUSE = "Caused by: ";
    private static final int REASON_LIMIT = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String address;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    /**
     * @param address of the JobManager, {@code http://host:port}
     */
    RestSession(URI address) {
        String text = address.toString();
        this.address = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public List<String> alive(String name) throws IOException, InterruptedException {
        List<String> alive = new ArrayList<>();
        JsonNode answer = send(request("/jobs/overview", PATIENCE).build());
        if (!answer.path("jobs").isArray()) {
            throw new IOException("this is no Flink: /jobs/overview has no jobs");
        }
        for (JsonNode job : answer.path("jobs")) {
            if (job.path("name").asText().equals(name)
                    && !ENDED.contains(job.path("state").asText())) {
                alive.add(job.path("jid").asText());
            }
        }
        return alive;
    }

    @Override
    public String submit(Path jar, List<String> arguments)
            throws IOException, InterruptedException {
        JsonNode uploaded =
                send(
                        request("/jars/upload", SUBMIT_PATIENCE)
                                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                                .POST(form(jar))
                                .build());
        String file = uploaded.path("filename").asText();
        String id = file.substring(file.lastIndexOf('/') + 1);
        try {
            byte[] order = JSON.writeValueAsBytes(Map.of("programArgsList", arguments));
            JsonNode run =
                    send(
                            request("/jars/" + id + "/run", SUBMIT_PATIENCE)
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofByteArray(order))
                                    .build());
            return run.path("jobid").asText();
        } finally {
            drop(id);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** The job has what it needs; left behind, a jar of each submission would fill the disk. */
    private void drop(String jar) throws InterruptedException {
        try {
            send(request("/jars/" + jar, PATIENCE).DELETE().build());
        } catch (IOException e) {
            log.warn("the jar {} stays in Flink's upload folder: {}", jar, e.getMessage());
        }
    }

    private static BodyPublisher form(Path jar) throws IOException {
        String head =
                "--"
                        + BOUNDARY
                        + "\r\nContent-Disposition: form-data; name=\"jarfile\";"
                        + " filename=\"vectron-job.jar\"\r\n"
                        + "Content-Type: application/x-java-archive\r\n\r\n";
        return BodyPublishers.concat(
                BodyPublishers.ofString(head, StandardCharsets.US_ASCII),
                BodyPublishers.ofFile(jar),
                BodyPublishers.ofString("\r\n--" + BOUNDARY + "--\r\n", StandardCharsets.US_ASCII));
    }

    private HttpRequest.Builder request(String path, Duration patience) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(patience);
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(
                    request.uri().getPath()
                            + " answers "
                            + answer.statusCode()
                            + ": "
                            + reason(answer.body()));
        }
        return JSON.readTree(answer.body());
    }

    /** Flink answers with stack traces; what they end in is what went wrong. */
    static String reason(String body) {
        String text = body;
        try {
            JsonNode errors = JSON.readTree(body).path("errors");
            if (!errors.isEmpty()) {
                text = errors.path(errors.size() - 1).asText();
            }
        } catch (IOException e) {
            log.debug("an error that is no JSON", e); // of a proxy, perhaps: show it as it is
        }
        int cause = text.lastIndexOf(CAUSE);
        String last = cause < 0 ? text : text.substring(cause + CAUSE.length());
        int trace = last.indexOf("\n\tat ");
        String reason = trace < 0 ? last.strip() : last.substring(0, trace).strip();
        return reason.length() > REASON_LIMIT ? reason.substring(0, REASON_LIMIT) + " …" : reason;
    }
}
