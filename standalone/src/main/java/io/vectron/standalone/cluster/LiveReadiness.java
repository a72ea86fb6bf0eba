package io.vectron.standalone.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * Asks the services themselves: their management port, Flink's REST interface, and the broker over
 * Kafka's protocol.
 */
final class LiveReadiness implements Readiness {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int BODY_LIMIT = 200;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PortLayout ports;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final Map<Integer, Admin> admins = new HashMap<>(); // by this; made when needed

    LiveReadiness(PortLayout ports) {
        this.ports = ports;
    }

    @Override
    public @Nullable String lacks(Service service) {
        try {
            return switch (service) {
                case BROKER, BROKER_2, BROKER_3 -> broker(service.broker());
                case PLACEMENT -> managed(Part.PLACEMENT_MANAGEMENT);
                case WORKER, WORKER_2, WORKER_3, WORKER_4, WORKER_5 ->
                        managed(Part.worker(service.worker()).management());
                case GATEWAY -> managed(Part.GATEWAY_MANAGEMENT);
                case JOBMANAGER -> job();
                case TASKMANAGER -> taskManager();
                case KEEPER -> null;
            };
        } catch (IOException e) {
            return "does not answer yet";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    @Override
    public synchronized void close() {
        http.shutdownNow();
        admins.values().forEach(admin -> admin.close(Duration.ZERO));
    }

    private @Nullable String managed(Part part) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(part, "/readyz");
        if (answer.statusCode() == 200) {
            return null;
        }
        String body = answer.body().strip();
        return body.substring(0, Math.min(BODY_LIMIT, body.length()));
    }

    private @Nullable String job() throws IOException, InterruptedException {
        for (JsonNode job : json("/jobs/overview").path("jobs")) {
            JsonNode tasks = job.path("tasks");
            if (job.path("state").asText().equals("RUNNING")) {
                int running = tasks.path("running").asInt();
                return running > 0 && running == tasks.path("total").asInt()
                        ? null
                        : "the job waits for its task";
            }
        }
        return "the job does not run yet";
    }

    private @Nullable String taskManager() throws IOException, InterruptedException {
        return json("/taskmanagers").path("taskmanagers").isEmpty()
                ? "not registered with the JobManager yet"
                : null;
    }

    private JsonNode json(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(Part.FLINK, path);
        if (answer.statusCode() != 200) {
            throw new IOException(path + " answers " + answer.statusCode());
        }
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> get(Part part, String path)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + ports.address(part) + path))
                        .timeout(PATIENCE)
                        .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** Asked itself: it answers once it is registered with the controllers, and not fenced. */
    private @Nullable String broker(int number) throws IOException, InterruptedException {
        try {
            boolean there =
                    admin(number)
                            .describeCluster()
                            .nodes()
                            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                            .stream()
                            .anyMatch(node -> node.id() == number);
            return there ? null : "not registered with its controller yet";
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the broker does not answer", e);
        }
    }

    private synchronized Admin admin(int number) {
        return admins.computeIfAbsent(number, this::newAdmin);
    }

    private Admin newAdmin(int number) {
        int patienceMs = (int) PATIENCE.toMillis();
        return Admin.create(
                Map.of(
                        "bootstrap.servers",
                        ports.address(Part.broker(number).clients()),
                        "client.id",
                        "vectron-readiness",
                        "request.timeout.ms",
                        patienceMs,
                        "default.api.timeout.ms",
                        patienceMs,
                        "reconnect.backoff.ms",
                        50,
                        "reconnect.backoff.max.ms",
                        200));
    }
}
