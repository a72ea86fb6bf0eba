package io.vectron.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.vectron.common.log.Headers;
import io.vectron.gateway.log.LogHeader;
import io.vectron.gateway.write.LogAppend;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Dead letters and traces over HTTP: the same operations as over gRPC. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class LetterRestTest {
    private static final String LETTERS = "/v1/collections/films/dead-letters";
    private static final String TRACE = "/v1/collections/films/trace";

    private final HttpClient http = HttpClient.newHttpClient();
    private Cluster cluster;
    private String topic;

    @BeforeEach
    void start() throws Exception {
        cluster = new Cluster();
        cluster.create("films", 1, Metric.METRIC_EUCLIDEAN);
        topic = cluster.placement.record("films").getFacts().getTopic();
        cluster.log.createTopic(topic + ".dlq", 1);
        ByteString value =
                Point.newBuilder().addVectors(Cluster.vector(1, 2)).build().toByteString();
        assertThat(cluster.log.produce(new LogAppend(topic, 0, "film", value))).isZero();
        List<LogHeader> headers =
                List.of(
                        LogHeader.of("mine", "kept"),
                        LogHeader.of(Headers.RULE, "vector_zero"),
                        LogHeader.of(Headers.REASON, "because"),
                        LogHeader.of(Headers.SOURCE_PARTITION, "0"),
                        LogHeader.of(Headers.SOURCE_OFFSET, "7"));
        ByteString key = ByteString.copyFromUtf8("film");
        assertThat(cluster.log.produce(new LogAppend(topic + ".dlq", 0, key, value, headers)))
                .isZero();
    }

    @AfterEach
    void stop() {
        http.close();
        cluster.close();
    }

    @Test
    void lettersAreListedShownRetriedAndDropped() throws Exception {
        assertThat(ok(get(LETTERS + "?rules=vector_zero,json_malformed&page_size=5")))
                .contains("\"id\":\"0-0\"", "\"state\":\"open\"", "\"next_page_token\":\"\"")
                .doesNotContain("\"value\":");
        assertThat(ok(get(LETTERS + "?since=2100-01-01T00:00:00Z"))).contains("\"letters\":[]");
        assertThat(ok(get(LETTERS + "/0-0"))).contains("\"value\":\"", "\"key\":\"mine\"");

        String ids = "{\"letters\":{\"ids\":{\"ids\":[\"0-0\"]}}";
        assertThat(ok(post(LETTERS + "/retry", ids + ",\"dry_run\":true}")))
                .contains("\"would_write_to\":0");
        assertThat(ok(post(LETTERS + "/retry", ids + "}"))).contains("\"token\":\"");
        assertThat(ok(post(LETTERS + "/drop", "{\"letters\":{\"filter\":{}}}")))
                .contains("\"ids\":[]");
        assertThat(ok(get(LETTERS + "?include_settled=true"))).contains("\"state\":\"retried\"");
    }

    @Test
    void aWriteAndAPointAreTraced() throws Exception {
        String token = URLEncoder.encode(topic + "/0/0", UTF_8);

        assertThat(ok(get(TRACE + "?token=" + token)))
                .contains("\"name\":\"logged\"", "\"name\":\"searchable\"", "\"kind\":\"value\"");
        assertThat(ok(get(TRACE + "/points/film?limit=1")))
                .contains("\"version\":0", "\"offset\":0", "\"more\":false");
    }

    @Test
    void nonsenseNamesTheParameter() throws Exception {
        assertRefused(400, "INVALID_REQUEST", "since", get(LETTERS + "?since=yesterday"));
        assertRefused(
                400, "INVALID_REQUEST", "filter.rules[0]", get(LETTERS + "?rules=no_such_rule"));
        assertRefused(400, "INVALID_REQUEST", "page_size", get(LETTERS + "?page_size=9999"));
        assertRefused(400, "INVALID_REQUEST", "id", get(LETTERS + "/seventeen"));
        assertThat(get(LETTERS + "/0-9").statusCode()).isEqualTo(404);
        assertRefused(400, "INVALID_REQUEST", "letters", post(LETTERS + "/retry", "{}"));
        assertRefused(400, "INVALID_TOKEN", "token", get(TRACE));
        assertRefused(400, "INVALID_TOKEN", "token", get(TRACE + "?token=x"));
        assertRefused(400, "INVALID_REQUEST", "limit", get(TRACE + "/points/a?limit=1001"));
    }

    private static void assertRefused(
            int status, String code, String field, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body())
                .contains("\"code\":\"" + code + "\"", "\"field\":\"" + field + "\"");
    }

    private static String ok(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build());
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return http.send(request, BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + cluster.gateway.restPort() + path);
    }
}
