package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The jar of the job, for a Flink cluster that is there already. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JobJarIT {
    private static final Duration READY = Duration.ofMinutes(3);
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Of Java 21. */
    private static final int NEWEST_CLASS_FILE = 65;

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir static Path folder;

    private Launcher broker;
    private Path jar;
    private List<String> arguments;
    private Api api;
    private String topic;

    /** A cluster without Flink, on the Kafka of somebody else: of another process. */
    @BeforeAll
    void startWithoutFlink() throws Exception {
        jar = jar();
        broker =
                Launcher.start(
                        folder,
                        Map.of(),
                        "up",
                        "--services",
                        "broker",
                        "--json",
                        "--data",
                        "kafka",
                        "--port-base",
                        Integer.toString(Launcher.freePortBase()));
        JsonNode started = broker.event("ready", READY);
        String kafka = started.path("addresses").path("kafka").asText();
        JsonNode ready =
                cluster(
                                "up",
                                "--cluster",
                                "--kafka",
                                kafka,
                                "--json",
                                "--port-base",
                                Integer.toString(Launcher.freePortBase()))
                        .getFirst();
        assertThat(ready.path("addresses").path("kafka").asText()).isEqualTo(kafka);
        assertThat(ready.path("services").findValuesAsText("service")).doesNotContain("broker");
        for (String own : List.of("keeper", "jobmanager", "taskmanager")) {
            cluster("stop", own);
        }
        JsonNode addresses = ready.path("addresses");
        arguments =
                List.of(
                        "--kafka-bootstrap-servers",
                        addresses.path("kafka").asText(),
                        "--placement",
                        addresses.path("placement").asText());
        api = new Api(ready);
        topic = api.create();
    }

    @AfterAll
    void stop() throws Exception {
        if (api != null) {
            api.close();
        }
        cluster("stop");
        broker.terminate();
        broker.exit(SOON);
    }

    @Test
    void aClusterOnAnotherKafkaHasNoBroker() throws Exception {
        assertThatIsRefused("this cluster has no broker", "restart", "broker");
        assertThatIsRefused("runs with Kafka at", "up", "--cluster", "--kafka", "127.0.0.1:1");
    }

    private void assertThatIsRefused(String why, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("--data", folder.resolve("data").toString()));
        try (Launcher launcher = Launcher.start(folder, Map.of(), command.toArray(String[]::new))) {
            assertThat(launcher.exit(SOON)).isEqualTo(1);
            assertThat(launcher.err()).contains(why);
        }
    }

    @Test
    void isWrittenWhereItIsWantedWithoutFlinksClassesOrOnesTooNewForJava21() throws Exception {
        assertThat(Files.size(jar)).isGreaterThan(1 << 20);
        List<String> names = new ArrayList<>();
        List<String> tooNew = new ArrayList<>();
        try (JarFile open = new JarFile(jar.toFile())) {
            assertThat(open.getManifest().getMainAttributes().getValue("Main-Class"))
                    .isEqualTo("io.vectron.ingest.Main");
            for (JarEntry entry : open.stream().toList()) {
                names.add(entry.getName());
                // Those of a newer Java lie apart, and an older one does not look there.
                if (entry.getName().endsWith(".class")
                        && !entry.getName().startsWith("META-INF/versions/")
                        && classFile(open, entry) > NEWEST_CLASS_FILE) {
                    tooNew.add(entry.getName());
                }
            }
        }
        assertThat(tooNew).isEmpty();
        assertThat(names)
                .contains(
                        "io/vectron/ingest/Main.class",
                        "io/vectron/common/config/ServiceSettings.class",
                        "org/apache/kafka/clients/consumer/KafkaConsumer.class",
                        // Without them gRPC finds neither transport nor names.
                        "META-INF/services/io.grpc.NameResolverProvider",
                        "META-INF/services/io.grpc.LoadBalancerProvider")
                .noneMatch(name -> name.startsWith("org/apache/flink/runtime/"))
                .noneMatch(name -> name.startsWith("org/slf4j/"))
                .noneMatch(name -> name.startsWith("ch/qos/logback/"))
                .noneMatch(name -> name.endsWith(".SF") || name.endsWith(".RSA"));
    }

    @Test
    void runsInApplicationModeFromUsrlib() throws Exception {
        try (FlinkProcesses flink = application("application", JAVA)) {
            flink.awaitJobOtherThan("");
            assertIsIngested("application");
        }
    }

    @Test
    void runsOnJava21() throws Exception {
        Path java21 = Java21.program();
        try (FlinkProcesses flink = application("java-21", java21)) {
            flink.awaitJobOtherThan("");
            assertIsIngested("java-21");
        }
    }

    @Test
    void aSessionClusterIsKeptRunningIt() throws Exception {
        try (FlinkProcesses flink = FlinkProcesses.session(folder.resolve("session"), JAVA);
                Launcher keeper = keep(flink.address())) {
            String first = flink.awaitJobOtherThan("");
            assertIsIngested("session");
            keeper.awaitOut("runs as job " + first, SOON);

            flink.cancel(first);
            String second = flink.awaitJobOtherThan(first);
            assertIsIngested("after-a-cancel");

            flink.killJobManager();
            keeper.awaitOut("Flink does not answer", SOON);
            flink.startJobManager();
            String third = flink.awaitJobOtherThan(second);
            assertIsIngested("after-a-crash");

            keeper.terminate();
            keeper.exit(SOON);
            assertThat(flink.awaitJobOtherThan("")).isEqualTo(third);
            assertThat(String.join("\n", keeper.out()))
                    .contains("job " + first + " is gone", "submitted as job " + second)
                    .contains("Flink does not answer", "submitted as job " + third);
        }
    }

    @Test
    void aKeeperRefusesWhatCannotBe() throws Exception {
        assertThatKeeperRefuses("--flink is no address", "--flink", "nonsense");
        assertThatKeeperRefuses("Missing required option: '--flink", "--jar", "x.jar");
        assertThatKeeperRefuses(
                "Unknown option: '--no-such", "--flink", "http://localhost:1", "--", "--no-such=1");
        assertThatKeeperRefuses(
                "there is no jar", "--flink", "http://localhost:1", "--jar", "no-such.jar");
    }

    private void assertThatKeeperRefuses(String why, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("job", "keep"));
        command.addAll(List.of(arguments));
        try (Launcher launcher = Launcher.start(folder, Map.of(), command.toArray(String[]::new))) {
            assertThat(launcher.exit(SOON)).isIn(1, 2);
            assertThat(launcher.err()).contains(why);
        }
    }

    private FlinkProcesses application(String name, Path java) throws Exception {
        return FlinkProcesses.application(folder.resolve(name), java, jar, arguments);
    }

    private Launcher keep(String flink) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of("job", "keep", "--flink", flink, "--jar", jar.toString(), "--"));
        command.addAll(arguments);
        Map<String, String> text = Map.of("VECTRON_LOG_FORMAT", "text");
        return Launcher.start(folder, text, command.toArray(String[]::new));
    }

    private void assertIsIngested(String id) throws Exception {
        var written = api.produce(topic, id, "[0, 1]");
        assertThat(api.search("[0, 1]", written)).contains(id);
    }

    /** Runs a command on the cluster in this test's folder; returns the JSON that it printed. */
    private List<JsonNode> cluster(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", folder.resolve("data").toString()));
        try (Launcher launcher = Launcher.start(folder, Map.of(), all.toArray(String[]::new))) {
            int code = launcher.exit(Duration.ofMinutes(3));
            assertThat(code).as("%s: %s", all, launcher.err()).isZero();
            List<JsonNode> printed = new ArrayList<>();
            for (String line : launcher.out()) {
                if (line.startsWith("{")) {
                    printed.add(new ObjectMapper().readTree(line));
                }
            }
            return printed;
        }
    }

    private Path jar() throws Exception {
        Path jar = folder.resolve("jars").resolve("job.jar");
        try (Launcher launcher =
                Launcher.start(folder, Map.of(), "job", "jar", "--output", jar.toString())) {
            assertThat(launcher.exit(Duration.ofSeconds(60))).as(launcher.err()).isZero();
        }
        return jar;
    }

    private static int classFile(JarFile jar, JarEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry);
                DataInputStream data = new DataInputStream(in)) {
            assertThat(data.readInt()).as(entry.getName()).isEqualTo(0xCAFEBABE);
            data.readUnsignedShort(); // minor version
            return data.readUnsignedShort();
        }
    }
}
