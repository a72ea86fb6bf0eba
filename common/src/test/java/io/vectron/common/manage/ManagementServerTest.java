package io.vectron.common.manage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.common.metric.ServiceMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class ManagementServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final ServiceMetrics metrics = new ServiceMetrics();
    private volatile Check.State state = new Check.State.Ready("as it should be");
    private Readiness readiness;
    private ManagementServer server;

    @BeforeEach
    void start() throws IOException {
        readiness = new Readiness("test", List.of(new Check("thing", () -> state)));
        server = ManagementServer.start(ManagementConfig.on(0), "test", readiness, metrics);
    }

    @AfterEach
    void stop() {
        server.close();
        readiness.close();
        metrics.close();
        client.close();
    }

    @Test
    void saysThatItLives() throws Exception {
        HttpResponse<String> answer = get("/livez");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.body()).isEqualTo("{\"service\":\"test\",\"status\":\"alive\"}\n");
    }

    @Test
    void namesEveryCheckAndItsReason() throws Exception {
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").body())
                .isEqualTo(
                        "{\"service\":\"test\",\"status\":\"ready\",\"checks\":["
                                + "{\"name\":\"thing\",\"ready\":true,"
                                + "\"reason\":\"as it should be\"}]}\n");
    }

    @Test
    void answers503WhenNotReady() throws Exception {
        state = new Check.State.NotReady("broken \"here\"");
        HttpResponse<String> answer = get("/readyz");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body())
                .contains("\"status\":\"not_ready\"")
                .contains("\"ready\":false,\"reason\":\"broken \\\"here\\\"\"");
        assertThat(get("/livez").statusCode()).as("alive all the same").isEqualTo(200);
    }

    @Test
    void showsMetricsInTheFormatAskedFor() throws Exception {
        metrics.registry().counter("vectron.things", "kind", "a").increment(3);
        HttpResponse<String> text = get("/metrics");
        assertThat(text.headers().firstValue("Content-Type").orElse("")).contains("0.0.4");
        assertThat(text.body())
                .contains("vectron_things_total{kind=\"a\"} 3.0")
                .contains("jvm_memory_used_bytes");
        HttpResponse<String> open =
                send(
                        HttpRequest.newBuilder(uri("/metrics"))
                                .header("Accept", "application/openmetrics-text; version=1.0.0"));
        assertThat(open.body()).endsWith("# EOF\n");
        assertThat(open.headers().firstValue("Content-Type").orElse("")).contains("openmetrics");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/livez", "/readyz", "/metrics", "/nothing"})
    void answersHeadWithoutBody(String path) throws Exception {
        HttpResponse<String> head =
                send(HttpRequest.newBuilder(uri(path)).method("HEAD", BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(get(path).statusCode());
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("Content-Length").orElse(0)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "NONSENSE"})
    void refusesOtherMethods(String method) throws Exception {
        HttpResponse<String> answer =
                send(
                        HttpRequest.newBuilder(uri("/readyz"))
                                .method(method, BodyPublishers.ofString("x".repeat(1_000))));
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
        assertThat(answer.body()).contains("METHOD_NOT_ALLOWED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/readyz/", "/livezz", "/metrics/x", "/..%2Freadyz", "/readyz%00"})
    void knowsNoOtherPages(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("NOT_FOUND").doesNotContain("Exception");
    }

    @Test
    void slowRequestsDelayNobodyAndAreCutOff() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < ManagementServer.CONNECTIONS / 2; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                slow.add(socket);
                socket.getOutputStream().write("GET /livez HTTP/1.1\r\nHo".getBytes(UTF_8));
                socket.getOutputStream().flush();
            }
            assertThat(get("/livez").statusCode()).isEqualTo(200);
            Socket first = slow.getFirst();
            first.setSoTimeout(4 * ManagementServer.REQUEST_SECONDS * 1_000);
            try (InputStream answer = first.getInputStream()) {
                assertThat(new String(answer.readAllBytes(), UTF_8)).doesNotContain("200");
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void connectionsBeyondTheLimitAreClosedAndThoseWithinItAreServed() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < ManagementServer.CONNECTIONS; i++) {
                open.add(connect());
            }
            try (Socket beyond = connect()) {
                assertThat(isClosed(beyond)).isTrue();
            }
            Socket served = open.getFirst();
            served.getOutputStream()
                    .write("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
            assertThat(new String(served.getInputStream().readNBytes(12), UTF_8))
                    .isEqualTo("HTTP/1.1 200");
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        assertThat(get("/livez").statusCode()).as("there is room again").isEqualTo(200);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true; // reset
        }
    }

    @Test
    void headersThatNeverEndAreCutOff() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            String header = "X: " + "y".repeat(8_000) + "\r\n";
            assertThatThrownBy(
                            () -> {
                                socket.getOutputStream()
                                        .write("GET /livez HTTP/1.1\r\n".getBytes(UTF_8));
                                for (int i = 0; i < 100_000; i++) {
                                    socket.getOutputStream().write(header.getBytes(UTF_8));
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void namesThePortThatIsTaken() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ManagementConfig taken = ManagementConfig.on(other.getLocalPort());
            assertThatThrownBy(() -> ManagementServer.start(taken, "test", readiness, metrics))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("management port " + other.getLocalPort());
        }
    }

    @Test
    void configRefusesNonsense() {
        assertThat(ManagementConfig.OFF.enabled()).isFalse();
        assertThat(ManagementConfig.on(0).enabled()).isTrue();
        assertThat(ManagementConfig.on(0).host()).isEqualTo("127.0.0.1");
        assertThatThrownBy(() -> new ManagementConfig(" ", 1)).hasMessageContaining("host");
        assertThatThrownBy(() -> ManagementConfig.on(65_536)).hasMessageContaining("65536");
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(
                request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    }
}
