package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Flink cluster as somebody else runs it: JobManager and TaskManager as processes of their own,
 * with Flink's jars, its logging and nothing of ours on their class path, and Flink's own order of
 * class loading.
 */
final class FlinkSession implements AutoCloseable {
    /** What a stock distribution of Flink holds, as far as it is on Maven Central. */
    private static final List<String> FLINKS =
            List.of(
                    "flink-",
                    "kryo-",
                    "minlog-",
                    "objenesis-",
                    "reflectasm-",
                    "commons-",
                    "slf4j-api-",
                    "logback-",
                    "snakeyaml-engine-",
                    "javassist-",
                    "RoaringBitmap-",
                    "snappy-java-",
                    "lz4-java-",
                    "async-profiler-",
                    "jsr305-");

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder;
    private final String address;
    private final List<Process> processes = new ArrayList<>();

    /** Starts it, and returns when it can take a job. */
    FlinkSession(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        int rest = freePort();
        address = "http://127.0.0.1:" + rest;
        Files.writeString(folder.resolve("config.yaml"), settings(rest, freePort()));
        Files.writeString(
                folder.resolve("logback.xml"),
                """
                <configuration>
                  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%d %-5level %logger{20} %msg%n</pattern></encoder>
                  </appender>
                  <root level="INFO"><appender-ref ref="OUT"/></root>
                </configuration>
                """);
        start("jobmanager", "entrypoint.StandaloneSessionClusterEntrypoint");
        start("taskmanager", "taskexecutor.TaskManagerRunner");
        await("/taskmanagers", answer -> !answer.path("taskmanagers").isEmpty());
    }

    /** Uploads the jar, runs it with these arguments, and returns when its task runs. */
    void run(Path jar, String mainClass, List<String> arguments) throws Exception {
        String boundary = "a-boundary-that-no-jar-holds";
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        String head =
                """
                --%s
                Content-Disposition: form-data; name="jarfile"; filename="%s"
                Content-Type: application/x-java-archive

                """
                        .formatted(boundary, jar.getFileName())
                        .replace("\n", "\r\n");
        form.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        form.writeBytes(Files.readAllBytes(jar));
        form.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
        JsonNode uploaded = post("/jars/upload", "multipart/form-data; boundary=" + boundary, form);
        String id = Path.of(uploaded.path("filename").asText()).getFileName().toString();
        ByteArrayOutputStream order = new ByteArrayOutputStream();
        JSON.writeValue(order, Map.of("entryClass", mainClass, "programArgsList", arguments));
        post("/jars/" + id + "/run", "application/json", order);
        await(
                "/jobs/overview",
                answer -> answer.path("jobs").path(0).path("tasks").path("running").asInt() == 1);
    }

    @Override
    public void close() {
        for (Process process : processes) {
            process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
        }
        http.close();
    }

    private void start(String name, String mainClass) throws IOException {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx320m",
                        "-XX:+UseSerialGC",
                        "-XX:MaxDirectMemorySize=144m",
                        // As in the config.yaml that Flink is distributed with.
                        "--add-opens=java.base/java.util=ALL-UNNAMED",
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-Dlogback.configurationFile=" + folder.resolve("logback.xml"),
                        "-cp",
                        classPath(),
                        "org.apache.flink.runtime." + mainClass,
                        "--configDir",
                        folder.toString());
        processes.add(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve(name + ".out").toFile())
                        .start());
    }

    private static String classPath() throws IOException {
        Path lib = Launcher.HOME.resolve("distribution/target/vectron/lib");
        try (Stream<Path> jars = Files.list(lib)) {
            return jars.filter(jar -> isFlinks(jar.getFileName().toString()))
                    .map(Path::toString)
                    .sorted()
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }

    private static boolean isFlinks(String jar) {
        // What connectors stand on comes with the job.
        return FLINKS.stream().anyMatch(jar::startsWith)
                && !jar.startsWith("flink-connector-base-");
    }

    private String settings(int rest, int rpc) {
        return """
        jobmanager.rpc.address: 127.0.0.1
        jobmanager.rpc.port: %d
        rest.address: 127.0.0.1
        rest.bind-address: 127.0.0.1
        rest.port: %d
        rest.bind-port: '%d'
        web.upload.dir: %s
        io.tmp.dirs: %s
        taskmanager.host: 127.0.0.1
        taskmanager.cpu.cores: 1
        taskmanager.numberOfTaskSlots: 1
        taskmanager.memory.framework.heap.size: 64m
        taskmanager.memory.framework.off-heap.size: 64m
        taskmanager.memory.task.heap.size: 256m
        taskmanager.memory.task.off-heap.size: 64m
        taskmanager.memory.managed.size: 4m
        taskmanager.memory.network.min: 16m
        taskmanager.memory.network.max: 16m
        taskmanager.memory.jvm-metaspace.size: 192m
        taskmanager.memory.jvm-overhead.min: 128m
        taskmanager.memory.jvm-overhead.max: 128m
        """
                .formatted(rpc, rest, rest, folder, folder);
    }

    private interface Condition {
        boolean holds(JsonNode answer);
    }

    private void await(String path, Condition condition) throws Exception {
        long deadline = System.nanoTime() + SOON.toNanos();
        String last = "no answer";
        while (System.nanoTime() < deadline) {
            try {
                last = http.send(request(path).build(), BodyHandlers.ofString()).body();
                if (condition.holds(JSON.readTree(last))) {
                    return;
                }
            } catch (IOException notYet) {
                last = notYet.toString();
            }
            TimeUnit.MILLISECONDS.sleep(100); // between two looks
        }
        throw new AssertionError(path + " after " + SOON + ": " + last + "; see " + folder);
    }

    private JsonNode post(String path, String type, ByteArrayOutputStream body) throws Exception {
        var request =
                request(path)
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                        .build();
        var answer = http.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(SOON);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
