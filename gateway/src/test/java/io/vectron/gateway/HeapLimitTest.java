package io.vectron.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.limit.Limits;
import io.vectron.gateway.RawHttp.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;

/**
 * A gateway with a heap of 256 MiB, and many clients that all mean harm. It ends at the first
 * OutOfMemoryError; it must not, must tell everybody what is wrong, and go on serving.
 */
@Timeout(180)
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class HeapLimitTest {

    private static final String POINTS = "/v1/collections/films/points";
    private static final int LARGEST = Limits.REQUEST_BYTES;

    /** Clients of each kind at once: together they send far more than the heap holds. */
    private static final int CLIENTS = 10;

    private static final String SLOW = "SLOW_REQUEST";

    /** What anybody may be told when all talk at once. */
    private static final Set<String> CROWDED = Set.of("OVERLOADED", SLOW);

    private static final Set<String> MALFORMED = Set.of("MALFORMED_JSON");

    private static final int REQUESTS_PER_CLIENT = 2;

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private Process gateway;
    private int port;

    @BeforeAll
    void start() throws IOException {
        gateway =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+ExitOnOutOfMemoryError",
                                "-XX:TieredStopAtLevel=1",
                                "--sun-misc-unsafe-memory-access=allow",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                GatewayProgram.class.getName())
                        .redirectError(Redirect.INHERIT)
                        .start();
        BufferedReader lines = gateway.inputReader(UTF_8);
        String line = lines.readLine();
        while (line != null && !line.matches("\\d+")) {
            line = lines.readLine(); // A log line.
        }
        assertThat(line).as("the process has started").isNotNull();
        port = Integer.parseInt(line);
        Thread.ofVirtual().name("gateway-log").start(() -> lines.lines().forEach(one -> {}));
    }

    @AfterAll
    void stop() throws Exception {
        clients.shutdownNow();
        gateway.getOutputStream().close();
        gateway.destroy();
        gateway.waitFor();
    }

    /** One way to ask too much: what a client does, and the codes that it may be told. */
    private record Harm(String name, Attempt attempt, Set<String> codes) {}

    @FunctionalInterface
    private interface Attempt {
        Answer on(int port, int number) throws IOException;
    }

    @Test
    void harmIsRefusedAndTheRestIsServed() throws Exception {
        List<Harm> harms = harms();
        for (Harm harm : harms) {
            assertThat(harm.codes()).as(harm.name()).contains(code(harm, 0));
        }
        AtomicInteger running = new AtomicInteger(harms.size() * CLIENTS);
        List<Future<?>> all = new ArrayList<>();
        for (Harm harm : harms) {
            for (int client = 0; client < CLIENTS; client++) {
                int first = client * REQUESTS_PER_CLIENT;
                all.add(
                        clients.submit(() -> {
                            try {
                                for (int i = 0; i < REQUESTS_PER_CLIENT; i++) {
                                    String code = code(harm, first + i);
                                    assertThat(code)
                                            .as(harm.name())
                                            .matches(one ->
                                                    CROWDED.contains(one)
                                                            || harm.codes().contains(one));
                                }
                            } finally {
                                running.decrementAndGet();
                            }
                            return null;
                        }));
            }
        }
        int served = 0;
        while (running.get() > 0) {
            requireServed();
            served++;
        }
        for (Future<?> one : all) {
            one.get();
        }
        assertThat(gateway.isAlive()).isTrue();
        assertThat(served).isGreaterThan(10);
    }

    @Test
    void namesAreNotKept() throws Exception {
        // One after the other, so that none is refused for lack of room: 360 MB of names in all.
        for (int number = 0; number < 45; number++) {
            byte[] request = RawHttp.post(POINTS, "", names(number));
            Harm names = new Harm("names", (to, _) -> RawHttp.exchange(to, request), MALFORMED);
            assertThat(code(names, number)).isIn(MALFORMED);
        }
        requireServed();
    }

    private String code(Harm harm, int number) throws IOException {
        for (int tries = 1; ; tries++) {
            String code = harm.attempt().on(port, number).code();
            // The machine is slow, not the client: it is asked again.
            if (!code.equals(SLOW) || harm.codes().contains(SLOW) || tries == 5) {
                return code;
            }
        }
    }

    private void requireServed() throws IOException {
        byte[] search = "{\"vector\":[1,0],\"top_k\":1}".getBytes(UTF_8);
        Answer answer = RawHttp.exchange(port, RawHttp.post(POINTS + "/search", "", search));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private static List<Harm> harms() throws IOException {
        byte[] bomb = RawHttp.gzip(new byte[256 << 20]);
        byte[] numbers = bytes("{\"points\":[", "{\"id\":\"a\",\"vector\":[", "1,", "1]},", 16_000);
        byte[] values =
                bytes(
                        "{\"points\":[",
                        "{\"id\":\"a\",\"payload\":{\"a\":[",
                        "200,",
                        "1]}},",
                        15_000);
        byte[] text =
                filled("{\"points\":[{\"id\":\"a\",\"vector\":[1,1],\"payload\":{\"a\":\"", 'x');
        byte[] deep = filled("{\"points\":[{\"id\":\"a\",\"payload\":{\"a\":", '[');
        return List.of(
                new Harm("announced", HeapLimitTest::announced, Set.of("REQUEST_TOO_LARGE")),
                new Harm("numbers", sending(numbers, ""), Set.of("REQUEST_TOO_LARGE")),
                new Harm("values", sending(values, ""), Set.of("REQUEST_TOO_LARGE")),
                new Harm("text", sending(text, ""), MALFORMED),
                new Harm("deep", sending(deep, ""), Set.of("INVALID_POINT")),
                new Harm(
                        "names",
                        (port, number) ->
                                RawHttp.exchange(port, RawHttp.post(POINTS, "", names(number))),
                        MALFORMED),
                new Harm(
                        "bomb",
                        sending(bomb, "Content-Encoding: gzip\r\n"),
                        Set.of("REQUEST_TOO_LARGE")),
                new Harm("endless", HeapLimitTest::endless, Set.of("REQUEST_TOO_LARGE")),
                new Harm("slow", HeapLimitTest::slow, Set.of(SLOW)),
                new Harm("headers", HeapLimitTest::headers, Set.of("HEADERS_TOO_LARGE")));
    }

    private static Attempt sending(byte[] body, String headers) {
        byte[] request = RawHttp.post(POINTS, headers, body);
        return (port, number) -> RawHttp.exchange(port, request);
    }

    private static Answer announced(int port, int number) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            http.send(RawHttp.head("POST " + POINTS, "Content-Length: 1000000000000\r\n"));
            return http.rest();
        }
    }

    /** Sends until it is told to stop. */
    private static Answer endless(int port, int number) throws IOException {
        byte[] chunk = ("10000\r\n" + " ".repeat(1 << 16) + "\r\n").getBytes(UTF_8);
        try (RawHttp http = new RawHttp(port)) {
            http.send(RawHttp.head("POST " + POINTS, "Transfer-Encoding: chunked\r\n"));
            try {
                while (http.in().available() == 0) {
                    http.send(chunk);
                }
            } catch (SocketException e) {
                // Told while it was writing.
            }
            return http.rest();
        }
    }

    /** Half of a large body, and then no more: holds on to what it has. */
    private static Answer slow(int port, int number) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            http.send(RawHttp.head("POST " + POINTS, "Content-Length: " + LARGEST + "\r\n"));
            try {
                http.send(" ".repeat(LARGEST / 2));
            } catch (SocketException e) {
                // Told while it was writing.
            }
            return http.rest();
        }
    }

    private static Answer headers(int port, int number) throws IOException {
        StringBuilder headers = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            headers.append("X-").append(i).append(": ").append(number).append("\r\n");
        }
        return RawHttp.exchange(port, RawHttp.head("GET /v1/status", headers.toString()));
    }

    /** Long names that no other request has: nothing may keep them. */
    private static byte[] names(int number) {
        StringBuilder body = new StringBuilder("{\"points\":[{\"id\":\"a\",\"payload\":{");
        String filler = "n".repeat(60_000);
        for (int i = 0; body.length() < LARGEST - 100_000; i++) {
            body.append('"').append(number).append('-').append(i).append(filler).append("\":1,");
        }
        return body.append("\"end\":1}}]}").toString().getBytes(UTF_8);
    }

    /** Points with many elements each, a body nearly as large as may be. */
    private static byte[] bytes(
            String start, String point, String element, String end, int elements) {
        String one = point + element.repeat(elements) + end;
        StringBuilder body = new StringBuilder(start);
        while (body.length() + one.length() < LARGEST) {
            body.append(one);
        }
        body.setLength(body.length() - 1);
        return body.append("]}").toString().getBytes(UTF_8);
    }

    private static byte[] filled(String start, char filler) {
        byte[] body = new byte[LARGEST];
        byte[] head = start.getBytes(UTF_8);
        Arrays.fill(body, (byte) filler);
        System.arraycopy(head, 0, body, 0, head.length);
        return body;
    }
}
