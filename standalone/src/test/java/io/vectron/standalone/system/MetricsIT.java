package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Metric;
import io.vectron.standalone.port.Part;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of a running system: pages of health and metrics, and Flink's metrics. */
@SuppressWarnings("NullAway.Init")
class MetricsIT {
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final Pattern LISTED = Pattern.compile("(?m)^\\| `(vectron_\\w+)`");
    private static final Pattern EXPOSED = Pattern.compile("(?m)^# TYPE (vectron_\\w+) (\\w+)$");
    private static final List<Part> PAGES =
            List.of(Part.GATEWAY_MANAGEMENT, Part.PLACEMENT_MANAGEMENT, Part.WORKER_MANAGEMENT);

    @TempDir static Path folder;

    private static SystemFixture system;
    private static HttpClient http;
    private static CollectionFacts facts;

    @BeforeAll
    static void start() throws Exception {
        system = SystemFixture.start(folder.resolve("data"));
        http = HttpClient.newHttpClient();
        facts = system.client().create("counted", 2, Metric.METRIC_EUCLIDEAN, 1).getFacts();
        system.client().upsert("counted", Map.of("a", Points.point(1, 2)));
        system.kafka().sendJson(facts.getTopic(), "bad", "{\"vector\":[1,2,3]}");
        system.client().upsert("counted", Map.of("b", Points.point(1, 2)));
        Await.until(
                "three records are applied",
                () -> page(Part.WORKER_MANAGEMENT, "/metrics").contains(shard("position", 3)));
    }

    @AfterAll
    static void stop() throws Exception {
        http.close();
        system.close();
    }

    @Test
    void everyServiceIsReady() throws Exception {
        for (Part part : PAGES) {
            Await.value(
                    part + " is ready",
                    () -> page(part, "/readyz"),
                    ready -> ready.contains("\"status\":\"ready\""));
            assertThat(page(part, "/livez")).contains("\"status\":\"alive\"");
        }
    }

    @Test
    void thePageListsExactlyWhatIsExposed() throws Exception {
        Set<String> listed = new TreeSet<>();
        Matcher line = LISTED.matcher(Files.readString(PAGE));
        while (line.find()) {
            listed.add(line.group(1));
        }
        Set<String> exposed = new TreeSet<>();
        for (Part part : PAGES) {
            String text = page(part, "/metrics");
            assertThat(text).contains("jvm_memory_used_bytes", "process_uptime_seconds");
            Matcher type = EXPOSED.matcher(text);
            while (type.find()) {
                // A timer's longest time comes with it.
                if (!type.group(1).endsWith("_seconds_max")) {
                    exposed.add(type.group(1));
                }
            }
        }
        assertThat(exposed).isEqualTo(listed);
    }

    @Test
    void numbersAreThoseOfWhatHappened() throws Exception {
        assertThat(page(Part.WORKER_MANAGEMENT, "/metrics"))
                .contains(shard("points", 2))
                .contains("vectron_worker_rejected_records_total{rule=\"dimension_mismatch\"} 1.0")
                .contains("vectron_worker_replicas 1.0");
        assertThat(page(Part.GATEWAY_MANAGEMENT, "/metrics"))
                .contains("vectron_gateway_written_records_total{outcome=\"acknowledged\"} 2.0")
                .contains("vectron_gateway_requests_in_flight{protocol=\"grpc\"} 0.0")
                .contains(
                        "vectron_gateway_requests_seconds_count{operation=\"upsert\","
                                + "outcome=\"ok\",protocol=\"grpc\"} 2");
        assertThat(page(Part.PLACEMENT_MANAGEMENT, "/metrics"))
                .contains("vectron_placement_collections{state=\"ready\"} 1.0")
                .contains("vectron_placement_workers 1.0")
                .contains("vectron_placement_leads 1.0");
    }

    @Test
    void flinkShowsEachShard() throws Exception {
        Map<String, String> wanted =
                Map.of(
                        "accepted", "2",
                        "rejected", "1",
                        "rule.dimension_mismatch.rejected", "1",
                        "appliedPosition", "3",
                        "lagRecords", "0",
                        "lagMs", "0",
                        "inFlight", "0");
        String lane = "vectron.collection.counted.shard.0.generation.1.";
        try (FlinkMetrics flink = new FlinkMetrics(system.ports())) {
            for (String name : List.of("batches", "bytes", "heldBytes", "batchRetries")) {
                assertThat(flink.named(lane + name)).isNotEmpty();
            }
            for (Map.Entry<String, String> one : wanted.entrySet()) {
                String name = flink.named(lane + one.getKey());
                Await.value(one.getKey(), () -> flink.value(name), one.getValue()::equals);
            }
            assertThat(flink.value(flink.named(".vectron.corruptPartitions"))).isEqualTo("0");
        }
    }

    private static String shard(String what, int value) {
        return "vectron_worker_shard_"
                + what
                + "{collection=\"counted\",generation=\"1\",shard=\"0\"} "
                + value
                + ".0";
    }

    private static String page(Part part, String path) throws Exception {
        return get("http://" + system.ports().address(part) + path);
    }

    private static String get(String url) throws Exception {
        HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(URI.create(url)).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(url + ": " + answer.body()).isEqualTo(200);
        return answer.body();
    }
}
