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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar of the job, for a Flink cluster that is there already. */
class JobJarIT {
    /** Of Java 21. */
    private static final int NEWEST_CLASS_FILE = 65;

    @TempDir Path folder;

    @Test
    void isWrittenWhereItIsWantedAndRunsOnJava21WithFlinksOwnClasses() throws Exception {
        Path jar = jar();
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
    void runsOnAFlinkClusterThatKnowsNothingOfIt() throws Exception {
        Path jar = jar();
        try {
            JsonNode ready = cluster("up", "--cluster", "--json", "--port-base", "0").getFirst();
            for (String own : List.of("keeper", "jobmanager", "taskmanager")) {
                cluster("stop", own);
            }
            try (FlinkSession flink = new FlinkSession(folder.resolve("flink"));
                    Api api = new Api(ready)) {
                JsonNode addresses = ready.path("addresses");
                flink.run(
                        jar,
                        "io.vectron.ingest.Main",
                        List.of(
                                "--kafka-bootstrap-servers",
                                addresses.path("kafka").asText(),
                                "--placement",
                                addresses.path("placement").asText()));
                var north = api.produce(api.create(), "north", "[0, 1]");
                assertThat(api.search("[0, 1]", north)).containsExactly("north");
            }
        } finally {
            cluster("stop");
        }
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
