package io.vectron.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.common.limit.Limits;
import io.vectron.gateway.RawHttp.Answer;
import io.vectron.gateway.config.GatewayLimits;
import io.vectron.gateway.config.RestConfig;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.proto.log.v1.Metric;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection does: slow ones, too many, chunks, compression, HTTP/1.0, the end. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class HttpConnectionTest {

    private static final String POINTS = "/v1/collections/films/points";
    private static final String STATUS = "GET /v1/status HTTP/1.1\r\nHost: x\r\n";
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final int CONNECTIONS = 3;

    private Cluster cluster;
    private int port;

    @BeforeEach
    void start() throws Exception {
        start(PATIENCE);
    }

    private void start(Duration body) throws Exception {
        RestConfig usual = RestConfig.at(0);
        RestConfig rest = new RestConfig(0, CONNECTIONS, usual.idle(), body, usual.memoryBytes());
        cluster = new Cluster(GatewayLimits.DEFAULT, rest);
        cluster.create("films", 1, Metric.METRIC_COSINE);
        port = cluster.gateway.restPort();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aSilentBodyIsNotWaitedForLong() throws Exception {
        long began = System.nanoTime();
        try (RawHttp http = new RawHttp(port)) {
            http.send(RawHttp.head("POST " + POINTS, "Content-Length: 100\r\n"));
            http.send("{\"points\"");
            requireRefused(http.rest(), 408, "SLOW_REQUEST");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void aBodyThatDripsIsNotWaitedForEither() throws Exception {
        try (RawHttp http = new RawHttp(port)) {
            http.send(RawHttp.head("POST " + POINTS, "Content-Length: 1000000\r\n"));
            while (http.in().available() == 0) {
                http.send(" ");
                Thread.onSpinWait();
            }
            requireRefused(http.rest(), 408, "SLOW_REQUEST");
        }
    }

    @Test
    void chunksBeyondTheLimitAreRefused() throws Exception {
        cluster.close();
        start(Duration.ofSeconds(30)); // to send 8 MiB takes a while
        byte[] chunk = ("100000\r\n" + " ".repeat(1 << 20) + "\r\n").getBytes(ISO_8859_1);
        try (RawHttp http = new RawHttp(port)) {
            http.send(RawHttp.head("POST " + POINTS, "Transfer-Encoding: chunked\r\n"));
            for (int sent = 0; sent <= Limits.REQUEST_BYTES; sent += 1 << 20) {
                http.send(chunk);
            }
            http.send("0\r\n\r\n");
            requireRefused(http.rest(), 413, "REQUEST_TOO_LARGE");
        }
    }

    @Test
    void whoSendsAllBeforeItReadsStillLearnsWhy() throws Exception {
        byte[] body = new byte[2 * Limits.REQUEST_BYTES];
        try (RawHttp http = new RawHttp(port)) {
            http.send(RawHttp.post(POINTS, "", body)); // No reset while it writes.
            requireRefused(http.rest(), 413, "REQUEST_TOO_LARGE");
        }
    }

    @Test
    void answersArePackedForThoseWhoAsk() throws Exception {
        String ids =
                IntStream.range(0, 200)
                        .mapToObj(i -> "\"none-" + i + "\"")
                        .collect(Collectors.joining(",", "{\"ids\":[", "]}"));
        String points =
                IntStream.range(0, 200)
                        .mapToObj(i -> "{\"id\":\"none-" + i + "\",\"vector\":[1,1]}")
                        .collect(Collectors.joining(",", "{\"points\":[", "]}"));
        Answer written = RawHttp.exchange(port, RawHttp.post(POINTS, "", points.getBytes(UTF_8)));
        assertThat(written.status()).isEqualTo(200);
        byte[] plain = RawHttp.post(POINTS + "/get", "", ids.getBytes(UTF_8));
        byte[] packed =
                RawHttp.post(POINTS + "/get", "Accept-Encoding: gzip\r\n", ids.getBytes(UTF_8));
        try (RawHttp http = new RawHttp(port)) {
            http.send(packed);
            byte[] all = http.in().readAllBytes();
            String text = new String(all, ISO_8859_1);
            assertThat(text).startsWith("HTTP/1.1 200 ");
            assertThat(text).containsIgnoringCase("content-encoding: gzip");
            assertThat(unpacked(all)).contains("\"id\":\"none-7\"");
        }
        assertThat(RawHttp.exchange(port, plain).head())
                .doesNotContainIgnoringCase("content-encoding");
    }

    private static String unpacked(byte[] answer) throws IOException {
        int body = new String(answer, ISO_8859_1).indexOf("\r\n\r\n") + 4;
        var packed = new ByteArrayInputStream(answer, body, answer.length - body);
        try (var in = new GZIPInputStream(packed)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void oldClientsAreAnswered() throws Exception {
        try (RawHttp http = new RawHttp(port)) {
            http.send("GET /v1/status HTTP/1.0\r\n\r\n");
            Answer answer = http.rest(); // The connection ends with it.
            assertThat(answer.head()).matches("(?s)HTTP/1\\.[01] 200 .*");
            assertThat(answer.body()).startsWith("{");
        }
    }

    @Test
    void moreConnectionsThanAllowedWait() throws Exception {
        RawHttp[] open = new RawHttp[CONNECTIONS];
        for (int i = 0; i < CONNECTIONS; i++) {
            open[i] = new RawHttp(port);
            open[i].send(STATUS + "\r\n");
            assertThat(open[i].in().read()).isEqualTo('H');
        }
        try (RawHttp late = new RawHttp(port)) {
            late.send(STATUS + "Connection: close\r\n\r\n");
            late.patience(Duration.ofMillis(300));
            assertThatThrownBy(() -> late.in().read()).isInstanceOf(SocketTimeoutException.class);
            late.patience(Duration.ofSeconds(20));
            open[0].close();
            assertThat(late.rest().status()).isEqualTo(200);
        } finally {
            for (RawHttp one : open) {
                one.close();
            }
        }
    }

    @Test
    void aStopWaitsForThoseUnderWay() throws Exception {
        LogPartition partition =
                new LogPartition(cluster.placement.record("films").getFacts().getTopic(), 0);
        cluster.log.stall(partition);
        byte[] write = "{\"points\":[{\"id\":\"a\",\"vector\":[1,1]}]}".getBytes(UTF_8);
        try (RawHttp running = new RawHttp(port)) {
            running.send(RawHttp.post(POINTS, "", write));
            Cluster.await("it is being written", () -> cluster.log.waiting() == 1);
            Thread stopping = Thread.ofVirtual().name("stop").start(cluster.gateway::close);
            Cluster.await("new ones are refused", () -> isRefused(port));
            cluster.log.resume(partition);
            assertThat(running.rest().status()).isEqualTo(200);
            stopping.join();
        }
        assertThat(cluster.log.read(partition)).hasSize(1);
    }

    /**
     * Cannot connect, or is told that the gateway stops, or is not heard: the system takes
     * connections as long as the port is open, whether or not anybody accepts them.
     */
    private static boolean isRefused(int port) {
        try (RawHttp http = new RawHttp(port)) {
            http.patience(Duration.ofMillis(300));
            http.send(STATUS + "Connection: close\r\n\r\n");
            Answer answer = http.rest();
            return answer.status() == 503 && answer.code().equals("SHUTTING_DOWN");
        } catch (IOException e) {
            return true;
        }
    }

    private static void requireRefused(Answer answer, int status, String code) {
        assertThat(answer.code()).as(answer.body()).isEqualTo(code);
        assertThat(answer.status()).isEqualTo(status);
    }
}
