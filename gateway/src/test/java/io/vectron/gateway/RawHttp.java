package io.vectron.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A connection on which a test says what it likes, byte by byte. One thread. */
final class RawHttp implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Socket socket;

    RawHttp(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
    }

    /** An answer as it came: status line, headers, and the rest until the connection ended. */
    record Answer(String head, String body) {

        int status() {
            return Integer.parseInt(head.split(" ", 3)[1]);
        }

        JsonNode error() {
            return JSON.readTree(body).get("error");
        }

        /** The error's code, after making sure that it is one of ours and tells no secrets. */
        String code() {
            assertThat(head).containsIgnoringCase("content-type: application/json");
            JsonNode error = error();
            assertThat(error.get("request_id").asString()).isNotEmpty();
            assertThat(error.get("message").asString()).isNotEmpty();
            assertThat(body).doesNotContain("Exception").doesNotContain("\\tat ");
            return error.get("code").asString();
        }
    }

    /** Sends a request and reads until the server closes. */
    static Answer exchange(int port, byte[] request) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            try {
                http.send(request);
            } catch (SocketException e) {
                // The server may answer and close before it has read a request that it refuses.
                assertThat(request.length).isGreaterThan(1 << 20);
            }
            return http.rest();
        }
    }

    /** How long a read waits from now on. */
    void patience(Duration patience) throws IOException {
        socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(String text) throws IOException {
        send(text.getBytes(ISO_8859_1));
    }

    /** Everything that comes until the server closes. */
    Answer rest() throws IOException {
        String text = new String(socket.getInputStream().readAllBytes(), UTF_8);
        int end = text.indexOf("\r\n\r\n");
        assertThat(end).as("an answer: %s", text).isPositive();
        return new Answer(text.substring(0, end), text.substring(end + 4));
    }

    /** What the server says. */
    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    /** A request with a body of JSON; the connection ends with it. */
    static byte[] post(String path, String headers, byte[] body) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(
                head("POST " + path, headers + "Content-Length: " + body.length + "\r\n"));
        request.writeBytes(body);
        return request.toByteArray();
    }

    /** Request line and headers, to which a body of JSON may follow. */
    static byte[] head(String operation, String headers) {
        return (operation
                        + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + "Content-Type: application/json\r\n"
                        + headers
                        + "\r\n")
                .getBytes(ISO_8859_1);
    }

    static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
