package io.vectron.standalone.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vectron.standalone.port.PortLayout;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * As much of a schema registry as serializers need to write: each schema gets an id, and nothing is
 * judged. Every other request is answered by 404.
 */
final class FakeSchemaRegistry implements AutoCloseable {
    /** All four bytes of an id count; this one has a brace in each of its first three. */
    private static final int FIRST_ID = 0x7b7b7b00;

    private static final Pattern REGISTRATION = Pattern.compile("/subjects/[^/]+/versions");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> types = new CopyOnWriteArrayList<>();

    FakeSchemaRegistry() throws IOException {
        server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.ofLiteral(PortLayout.HOST), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    String url() {
        return "http://" + PortLayout.HOST + ":" + server.getAddress().getPort();
    }

    /** Types of the schemas that were registered, in their order: AVRO, JSON or PROTOBUF. */
    List<String> types() {
        return List.copyOf(types);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean registers =
                    exchange.getRequestMethod().equals("POST")
                            && REGISTRATION.matcher(exchange.getRequestURI().getPath()).matches();
            ObjectNode answer;
            try (InputStream body = exchange.getRequestBody()) {
                answer = registers ? register(JSON.readTree(body)) : unknown();
            }
            byte[] bytes = JSON.writeValueAsBytes(answer);
            String type = "application/vnd.schemaregistry.v1+json";
            exchange.getResponseHeaders().add("content-type", type);
            exchange.sendResponseHeaders(registers ? 200 : 404, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private synchronized ObjectNode register(JsonNode schema) {
        int id = FIRST_ID + types.size();
        types.add(schema.path("schemaType").asText("AVRO"));
        return ((ObjectNode) schema.deepCopy()).put("id", id);
    }

    private static ObjectNode unknown() {
        return JSON.createObjectNode().put("error_code", 40401).put("message", "unknown");
    }
}
