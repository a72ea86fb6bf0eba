package io.vectron.common.manage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers those who operate a service, over HTTP/1.1 on a port of its own:
 *
 * <ul>
 *   <li>{@code /livez}: 200 as long as the process answers at all
 *   <li>{@code /readyz}: 200 if it can serve, else 503; the body names each check
 *   <li>{@code /metrics}: what it counts, as Prometheus reads it
 * </ul>
 *
 * <p>GET and HEAD only. A request has a virtual thread of its own; there are at most {@link
 * #CONNECTIONS} connections, and one that has not sent its request within {@link
 * #REQUEST_SECONDS} is cut off, so nobody can hold the port for long. Bodies are not read.
 */
public final class ManagementServer implements AutoCloseable {
    /** Connections at once; more are closed at once. */
    public static final int CONNECTIONS = 64;

    /** Time to send a request in. */
    public static final int REQUEST_SECONDS = 5;

    private static final Logger log = LoggerFactory.getLogger(ManagementServer.class);
    private static final JsonFactory JSON = new JsonFactory();
    private static final String JSON_TYPE = "application/json";
    private static final int BACKLOG = 16;

    static {
        // The JDK's server takes its limits from here only, and has none without them. Nothing else
        // in our processes uses it.
        limit("jdk.httpserver.maxConnections", CONNECTIONS);
        limit("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
        limit("sun.net.httpserver.maxRspTime", REQUEST_SECONDS * 6);
        limit("sun.net.httpserver.maxReqHeaders", 64);
        limit("sun.net.httpserver.maxReqHeaderSize", 16 << 10);
    }

    private final HttpServer server;
    private final ExecutorService requests;
    private final String service;
    private final Readiness readiness;
    private final MetricsPage metrics;

    private ManagementServer(
            HttpServer server, String service, Readiness readiness, MetricsPage metrics) {
        this.server = server;
        this.service = service;
        this.readiness = readiness;
        this.metrics = metrics;
        requests =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("management-" + service + "-", 0).factory());
        server.setExecutor(requests);
        server.createContext("/", this::answer);
    }

    /** What is sent. */
    private record Answer(int status, String contentType, String body) {}

    /**
     * Listens.
     *
     * @param service name of the service, for threads and answers
     * @param readiness closed by the caller
     * @throws IOException if the port cannot be bound
     */
    public static ManagementServer start(
            ManagementConfig config, String service, Readiness readiness, MetricsPage metrics)
            throws IOException {
        InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
        HttpServer http;
        try {
            http = HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new IOException(
                    "management port "
                            + config.port()
                            + " of "
                            + service
                            + " cannot be bound: "
                            + e.getMessage(),
                    e);
        }
        ManagementServer server = new ManagementServer(http, service, readiness, metrics);
        http.start();
        log.info("{} answers operators on {}:{}", service, config.host(), server.port());
        return server;
    }

    /** The bound port. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Lets go of the port; requests under way are cut off. */
    @Override
    public void close() {
        server.stop(0);
        requests.shutdownNow();
    }

    private static void limit(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer;
            try {
                answer = answerOf(exchange);
            } catch (RuntimeException e) {
                log.error("{} could not answer an operator", service, e);
                answer = problem(500, "INTERNAL", "the service failed to answer; its log says why");
            }
            send(exchange, answer);
        }
    }

    private Answer answerOf(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        boolean known = path.equals("/livez") || path.equals("/readyz") || path.equals("/metrics");
        if (!known) {
            return problem(404, "NOT_FOUND", "the pages are /livez, /readyz and /metrics");
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return problem(405, "METHOD_NOT_ALLOWED", "only GET and HEAD are answered");
        }
        return switch (path) {
            case "/livez" -> alive();
            case "/readyz" -> ready();
            default -> metrics(exchange);
        };
    }

    private Answer alive() throws IOException {
        return json(
                200,
                json -> {
                    json.writeStringField("service", service);
                    json.writeStringField("status", "alive");
                });
    }

    private Answer ready() throws IOException {
        Readiness.Report report = readiness.report();
        return json(
                report.ready() ? 200 : 503,
                json -> {
                    json.writeStringField("service", service);
                    json.writeStringField("status", report.ready() ? "ready" : "not_ready");
                    json.writeArrayFieldStart("checks");
                    for (Readiness.Result check : report.checks()) {
                        json.writeStartObject();
                        json.writeStringField("name", check.name());
                        json.writeBooleanField("ready", check.ready());
                        json.writeStringField("reason", check.reason());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    private Answer metrics(HttpExchange exchange) {
        MetricsPage.Page page = metrics.now(exchange.getRequestHeaders().getFirst("Accept"));
        return new Answer(200, page.contentType(), page.text());
    }

    private static Answer problem(int status, String code, String message) throws IOException {
        return json(
                status,
                json -> {
                    json.writeStringField("code", code);
                    json.writeStringField("message", message);
                });
    }

    /** Writes the fields of an object. */
    @FunctionalInterface
    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private static Answer json(int status, Fields fields) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        }
        return new Answer(status, JSON_TYPE, text + "\n");
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] bytes = answer.body().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }
}
