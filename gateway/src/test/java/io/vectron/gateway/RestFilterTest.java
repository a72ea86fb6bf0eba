package io.vectron.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.trace.TraceParent;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.log.LogHeader;
import io.vectron.gateway.write.LogAppend;
import io.vectron.proto.log.v1.Metric;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;

/** What stands around every call over HTTP: it is counted, and its trace goes on. */
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class RestFilterTest {

    private static final String ALL = "/v1/collections";
    private static final String POINTS = ALL + "/films/points";
    private static final String COUNT = "vectron_gateway_requests_seconds_count";
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private Cluster cluster;
    private RestClient rest;

    @BeforeAll
    void start() throws Exception {
        cluster = new Cluster();
        cluster.create("films", 1, Metric.METRIC_COSINE);
        rest = new RestClient(cluster.gateway.restPort());
    }

    @AfterAll
    void stop() {
        rest.close();
        cluster.close();
    }

    @Test
    void callsAreCountedByRouteAndOutcome() throws Exception {
        String route = "\"POST /v1/collections/{collection}/points/search\"";
        String good = "{\"vector\":[1,1],\"top_k\":1}";
        for (int i = 0; i < 3; i++) {
            assertThat(rest.send("POST", POINTS + "/search", good).status()).isEqualTo(200);
        }
        assertThat(rest.send("POST", POINTS + "/search", "{").status()).isEqualTo(400);
        assertThat(rest.send("POST", ALL + "/none/points/search", good).status()).isEqualTo(404);

        awaitCount(route, "ok", 3);
        awaitCount(route, "caller", 2);
    }

    @Test
    void whatMatchesNoRouteIsCountedTogether() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(rest.send("GET", "/v1/made-up-" + i, null).status()).isEqualTo(404);
            assertThat(rest.send("PUT", ALL + "/put-" + i, "{}").status()).isEqualTo(405);
        }
        awaitCount("\"unmatched\"", "caller", 40);
        assertThat(metrics()).noneMatch(line -> line.contains("made-up") || line.contains("put-"));
    }

    @Test
    void aTraceGoesIntoWhatIsWritten() throws Exception {
        String body = "{\"points\":[{\"id\":\"%s\",\"vector\":[1,1]}]}";
        assertThat(rest.send("POST", POINTS, body.formatted("a"), "traceparent", TRACE).status())
                .isEqualTo(200);
        assertThat(rest.send("POST", POINTS, body.formatted("b")).status()).isEqualTo(200);
        assertThat(
                        rest.send("POST", POINTS, body.formatted("c"), "traceparent", "00-broken")
                                .status())
                .isEqualTo(200);
        String topic = cluster.placement.record("films").getFacts().getTopic();
        List<List<LogHeader>> written = new ArrayList<>();
        for (@Nullable LogAppend record : cluster.log.read(new LogPartition(topic, 0))) {
            written.add(Objects.requireNonNull(record).headers());
        }
        LogHeader header = LogHeader.of(TraceParent.HEADER, TRACE);
        assertThat(written).hasSize(3);
        assertThat(written.get(0)).contains(header);
        // The next request on the same connection does not inherit it.
        for (List<LogHeader> other : written.subList(1, 3)) {
            assertThat(other).noneMatch(one -> one.name().equals(TraceParent.HEADER));
        }
    }

    private void awaitCount(String operation, String outcome, int count) throws Exception {
        // Counted when the answer is complete, which its caller may know a moment before.
        Cluster.await(
                operation + " " + outcome + " is counted",
                () ->
                        metrics().stream()
                                .anyMatch(line ->
                                        line.startsWith(COUNT)
                                                && line.contains("operation=" + operation)
                                                && line.contains("protocol=\"rest\"")
                                                && line.contains("outcome=\"" + outcome + "\"")
                                                && line.endsWith(" " + count)));
    }

    private List<String> metrics() {
        URI page = URI.create("http://127.0.0.1:" + cluster.gateway.managementPort() + "/metrics");
        try (var in = page.toURL().openStream()) {
            return new String(in.readAllBytes(), UTF_8).lines().toList();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
