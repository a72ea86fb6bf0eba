package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vectron.common.rpc.FreePort;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Flink cluster as somebody else runs it: JobManager and TaskManager as processes of their own,
 * with Flink's jars, its logging and nothing of ours on their class path, and Flink's own order of
 * class loading.
 */
final class FlinkProcesses implements AutoCloseable {
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

    /** Generous: the machine may be busy. */
    private static final Duration SOON = Duration.ofMinutes(3);

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String SESSION = "runtime.entrypoint.StandaloneSessionClusterEntrypoint";
    private static final String APPLICATION =
            "container.entrypoint.StandaloneApplicationClusterEntryPoint";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path java;
    private final Path folder;
    private final String address;
    private final Map<String, Process> processes = new HashMap<>();

    private FlinkProcesses(Path folder, Path java) throws IOException {
        this.java = java;
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
    }

    /**
     * Starts a session cluster, and returns when it can take a job.
     *
     * @param java the program
     */
    static FlinkProcesses session(Path folder, Path java) throws Exception {
        FlinkProcesses flink = new FlinkProcesses(folder, java);
        try {
            flink.startJobManager();
            flink.start("taskmanager", "runtime.taskexecutor.TaskManagerRunner", List.of());
            flink.await("/taskmanagers", answer -> !answer.path("taskmanagers").isEmpty());
            return flink;
        } catch (Exception | AssertionError e) {
            flink.close();
            throw e;
        }
    }

    /**
     * Starts a cluster in application mode: the jar lies in {@code usrlib}, and the JobManager runs
     * its program.
     */
    static FlinkProcesses application(Path folder, Path java, Path jar, List<String> arguments)
            throws Exception {
        FlinkProcesses flink = new FlinkProcesses(folder, java);
        Files.copy(jar, Files.createDirectories(folder.resolve("usrlib")).resolve("job.jar"));
        List<String> program =
                new ArrayList<>(List.of("--job-classname", "io.vectron.ingest.Main"));
        program.addAll(arguments);
        try {
            flink.start("jobmanager", APPLICATION, program);
            flink.start("taskmanager", "runtime.taskexecutor.TaskManagerRunner", List.of());
            return flink;
        } catch (IOException e) {
            flink.close();
            throw e;
        }
    }

    /** Where its REST interface is. */
    String address() {
        return address;
    }

    /** The JobManager of a session cluster; what an earlier one knew of is gone. */
    void startJobManager() throws IOException {
        start("jobmanager", SESSION, List.of());
    }

    void killJobManager() {
        kill(Objects.requireNonNull(processes.remove("jobmanager")));
    }

    void cancel(String job) throws Exception {
        var request =
                request("/jobs/" + job + "?mode=cancel")
                        .method("PATCH", BodyPublishers.noBody())
                        .build();
        assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(202);
    }

    /** Id of the one job that runs, with its task, once there is one that is not {@code other}. */
    String awaitJobOtherThan(String other) throws Exception {
        List<String> running = new ArrayList<>();
        await(
                "/jobs/overview",
                answer -> {
                    running.clear();
                    for (JsonNode job : answer.path("jobs")) {
                        if (job.path("tasks").path("running").asInt() == 1) {
                            running.add(job.path("jid").asText());
                        }
                    }
                    return running.size() == 1 && !running.contains(other);
                });
        return running.getFirst();
    }

    @Override
    public void close() {
        processes.values().forEach(FlinkProcesses::kill);
        http.close();
    }

    private static void kill(Process process) {
        process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private void start(String name, String mainClass, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of(
                        java.toString(),
                        "-Xmx320m",
                        "-XX:+UseSerialGC",
                        "-XX:MaxDirectMemorySize=144m",
                        // As in the config.yaml that Flink is distributed with.
                        "--add-opens=java.base/java.util=ALL-UNNAMED",
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-Dlogback.configurationFile=" + folder.resolve("logback.xml"),
                        "-cp",
                        classPath(),
                        "org.apache.flink." + mainClass,
                        "--configDir",
                        folder.toString()));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.appendTo(folder.resolve(name + ".out").toFile()));
        // Beside it Flink looks for usrlib.
        builder.environment().put("FLINK_LIB_DIR", folder.resolve("lib").toString());
        processes.put(name, builder.start());
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

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(SOON);
    }

    private static int freePort() throws IOException {
        return FreePort.any();
    }
}
