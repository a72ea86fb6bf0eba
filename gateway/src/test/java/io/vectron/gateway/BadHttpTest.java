package io.vectron.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vectron.proto.log.v1.Metric;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad requests, byte by byte: each ends in a typed JSON error, and nothing is written or held. */
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class BadHttpTest {

    private static final String JSON_TYPE = "Content-Type: application/json\r\n";
    private static final String POINTS = "/v1/collections/films/points";

    private Cluster cluster;
    private long memory;

    @BeforeAll
    void start() throws Exception {
        cluster = new Cluster();
        cluster.create("films", 1, Metric.METRIC_COSINE);
        memory = cluster.gateway.restMemoryLeft();
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"bodies", "values", "heads", "headers", "contents", "packed"})
    void isRefused(String name, byte[] request, int status, String code, String field)
            throws Exception {
        int records = cluster.log.size();
        RawHttp.Answer answer = RawHttp.exchange(cluster.gateway.restPort(), request);
        String head = answer.head();
        assertThat(head).as(name).startsWith("HTTP/1.1 " + status + " ");
        assertThat(head).doesNotContain("Injected");
        assertThat(answer.code()).as(answer.body()).isEqualTo(code);
        assertThat(answer.error().at("/field").asString("")).as(answer.body()).isEqualTo(field);
        if (status == 405) {
            assertThat(head).containsPattern("(?i)allow: [A-Z, ]+");
        }
        assertThat(cluster.log.size()).as("nothing was written").isEqualTo(records);
        Cluster.await("nothing is held", () -> cluster.gateway.restMemoryLeft() == memory);
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                body("empty", "", 400, "MALFORMED_JSON", ""),
                body("cut off", "{\"points\": [{\"id\": \"a\"", 400, "MALFORMED_JSON", ""),
                body("a list", "[]", 400, "MALFORMED_JSON", ""),
                body("two texts", "{\"points\": []} {}", 400, "MALFORMED_JSON", ""),
                body("not UTF-8", "{\"\u00ff\": 1}", 400, "MALFORMED_JSON", ""),
                body("unknown field", "{\"point\": []}", 400, "INVALID_REQUEST", "point"),
                body(
                        "duplicate",
                        "{\"points\": [], \"points\": []}",
                        400,
                        "INVALID_REQUEST",
                        "points"),
                body("null", "{\"points\": null}", 400, "INVALID_REQUEST", "points"),
                body("no object", "{\"points\": [1]}", 400, "INVALID_REQUEST", "points[0]"),
                body(
                        "collection twice",
                        "{\"collection\": \"x\"}",
                        400,
                        "INVALID_REQUEST",
                        "collection"),
                body("none", "{\"points\": []}", 400, "NO_POINTS", "points"),
                body(
                        "many",
                        "{\"points\": [" + "{},".repeat(1_001) + "{}]}",
                        400,
                        "TOO_MANY_POINTS",
                        "points"),
                body("long name", "{\"" + "n".repeat(2_000) + "\": 1}", 400, "MALFORMED_JSON", ""),
                body("long text", "{\"a\": \"" + "n".repeat(1 << 20), 400, "INVALID_REQUEST", "a"),
                body("long number", "{\"points\": " + "1".repeat(2_001), 400, "MALFORMED_JSON", ""),
                body("large", " ".repeat((8 << 20) + 1), 413, "REQUEST_TOO_LARGE", ""));
    }

    static Stream<Arguments> values() {
        return Stream.of(
                point("id", "\"id\": 7", "INVALID_REQUEST", "points[0].id"),
                point("half a pair", "\"id\": \"\\ud800\"", "MALFORMED_JSON", ""),
                point("text", "\"vector\": [\"a\"]", "INVALID_POINT", "points[0].vector"),
                point("base64", "\"vector\": \"!\"", "INVALID_POINT", "points[0].vector"),
                point(
                        "7 bytes",
                        "\"vector\": \"AAAAAAAAAA==\"",
                        "INVALID_POINT",
                        "points[0].vector"),
                point(
                        "long",
                        "\"vector\": [" + "1,".repeat(20_000) + "1]",
                        "INVALID_POINT",
                        "points[0].vector"),
                point("infinite", "\"vector\": [1e99, 1]", "INVALID_POINT", "points[0].vector"),
                point(
                        "deep",
                        "\"payload\": {\"a\": " + "[".repeat(5_000),
                        "INVALID_POINT",
                        "points[0].payload"),
                point(
                        "wide",
                        "\"payload\": {\"a\": [" + "0,".repeat(100_000),
                        "INVALID_POINT",
                        "points[0].payload"),
                point(
                        "int65",
                        "\"payload\": {\"a\": 9223372036854775808}",
                        "INVALID_POINT",
                        "points[0].payload"));
    }

    static Stream<Arguments> heads() {
        return Stream.of(
                head("unknown path", "GET /v2/none HTTP/1.1", "", 404, "UNKNOWN_PATH", ""),
                head(
                        "wrong method",
                        "PUT /v1/collections HTTP/1.1",
                        "",
                        405,
                        "METHOD_NOT_ALLOWED",
                        ""),
                head("PATCH", "PATCH " + POINTS + " HTTP/1.1", "", 405, "METHOD_NOT_ALLOWED", ""),
                head(
                        "traversal",
                        "GET /v1/collections/..%2f..%2fetc HTTP/1.1",
                        "",
                        400,
                        "INVALID_COLLECTION_NAME",
                        "name"),
                head(
                        "no name",
                        "GET /v1/collections/A%20b HTTP/1.1",
                        "",
                        400,
                        "INVALID_COLLECTION_NAME",
                        "name"),
                head(
                        "bad percent",
                        "GET /v1/collections/%zz HTTP/1.1",
                        "",
                        400,
                        "MALFORMED_REQUEST",
                        ""),
                head(
                        "CRLF in a path",
                        "GET /v1/collections/a%0d%0aInjected:1 HTTP/1.1",
                        "",
                        400,
                        "INVALID_COLLECTION_NAME",
                        "name"));
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                head(
                        "not acceptable",
                        "GET /v1/status HTTP/1.1",
                        "Accept: text/html\r\n",
                        406,
                        "NOT_ACCEPTABLE",
                        "Accept"),
                head(
                        "request id",
                        "GET /v1/status HTTP/1.1",
                        "X-Request-Id: a b\r\n",
                        400,
                        "INVALID_REQUEST",
                        "X-Request-Id"),
                head(
                        "timeout",
                        "GET /v1/status HTTP/1.1",
                        "X-Vectron-Timeout-Ms: soon\r\n",
                        400,
                        "INVALID_REQUEST",
                        "X-Vectron-Timeout-Ms"),
                head(
                        "query",
                        "GET /v1/status?verbose=1 HTTP/1.1",
                        "",
                        400,
                        "INVALID_REQUEST",
                        "verbose"),
                head(
                        "headers",
                        "GET /v1/status HTTP/1.1",
                        "X: " + "x".repeat(20_000) + "\r\n",
                        431,
                        "HEADERS_TOO_LARGE",
                        ""),
                head(
                        "token",
                        "GET " + POINTS + "/a HTTP/1.1",
                        "X-Vectron-Token: x\r\n",
                        400,
                        "INVALID_TOKEN",
                        "X-Vectron-Token"));
    }

    static Stream<Arguments> contents() {
        return Stream.of(
                head(
                        "length",
                        "POST " + POINTS + " HTTP/1.1",
                        "Content-Length: -5\r\n",
                        400,
                        "MALFORMED_REQUEST",
                        ""),
                head(
                        "announced",
                        "POST " + POINTS + " HTTP/1.1",
                        "Content-Type: application/json\r\nContent-Length: 99999999\r\n",
                        413,
                        "REQUEST_TOO_LARGE",
                        ""),
                head(
                        "no type",
                        "POST " + POINTS + " HTTP/1.1",
                        "Content-Length: 0\r\n",
                        415,
                        "UNSUPPORTED_MEDIA_TYPE",
                        "Content-Type"),
                head(
                        "form",
                        "POST " + POINTS + " HTTP/1.1",
                        "Content-Type: text/plain\r\nContent-Length: 0\r\n",
                        415,
                        "UNSUPPORTED_MEDIA_TYPE",
                        "Content-Type"),
                head(
                        "encoding",
                        "POST " + POINTS + " HTTP/1.1",
                        JSON_TYPE + "Content-Encoding: br\r\nContent-Length: 0\r\n",
                        415,
                        "UNSUPPORTED_MEDIA_TYPE",
                        "Content-Encoding"),
                head("no HTTP", "nonsense", "", 400, "MALFORMED_REQUEST", ""));
    }

    static Stream<Arguments> packed() throws IOException {
        byte[] bomb = RawHttp.gzip(" ".repeat(64 << 20).getBytes(UTF_8));
        return Stream.of(
                gzipped("a bomb", bomb, 413, "REQUEST_TOO_LARGE"),
                gzipped("not gzip", "{}".getBytes(UTF_8), 400, "MALFORMED_REQUEST"),
                gzipped("cut off", java.util.Arrays.copyOf(bomb, 30), 400, "MALFORMED_REQUEST"));
    }

    private static Arguments body(String name, String body, int status, String code, String field) {
        byte[] bytes = body.getBytes(ISO_8859_1);
        return arguments(name, post("", bytes), status, code, field);
    }

    private static Arguments point(String name, String parts, String code, String field) {
        String id = parts.startsWith("\"id\"") ? "" : "\"id\": \"a\", ";
        String body = "{\"points\": [{" + id + parts + "}]}";
        return arguments("point: " + name, post("", body.getBytes(UTF_8)), 400, code, field);
    }

    private static Arguments head(
            String name, String line, String headers, int status, String code, String field) {
        String request = line + "\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n";
        return arguments(name, request.getBytes(ISO_8859_1), status, code, field);
    }

    private static Arguments gzipped(String name, byte[] body, int status, String code) {
        return arguments(
                "gzip: " + name, post("Content-Encoding: gzip\r\n", body), status, code, "");
    }

    private static byte[] post(String headers, byte[] body) {
        return RawHttp.post(POINTS, headers, body);
    }
}
