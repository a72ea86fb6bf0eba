package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Some of the services in one process, the others elsewhere. */
class ServicesIT {
    /** Generous: the machine may be busy. How long it takes is a matter of the benchmark. */
    private static final Duration READY = Duration.ofMinutes(3);

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir Path folder;

    @Test
    void twoProcessesMakeAWholeOne() throws Exception {
        // What no option says, the settings of the service do, as for its main class.
        Files.writeString(folder.resolve("worker.env"), "VECTRON_WORKER_ID=worker-of-a-file\n");
        String base = Integer.toString(Launcher.freePortBase());
        try (Launcher lower = up(base, "broker,placement")) {
            JsonNode below = lower.event("ready", READY).path("addresses");
            try (Launcher upper = up(base, "worker,ingest,gateway")) {
                JsonNode ready = upper.event("ready", READY);
                ObjectNode addresses = (ObjectNode) ready.path("addresses");
                assertThat(names(addresses)).contains("gateway", "worker", "flink");
                assertThat(names(addresses)).doesNotContain("kafka", "placement");
                assertThat(names(below)).contains("kafka", "placement").doesNotContain("gateway");
                addresses.set("kafka", below.path("kafka"));
                try (Api api = new Api(ready)) {
                    RecordMetadata north = api.produce(api.create(), "north", "[0, 1]");
                    assertThat(api.search("[0, 1]", north)).containsExactly("north");
                }
                assertThat(folder.resolve("data/worker/worker.id")).hasContent("worker-of-a-file");
                assertThatOneProcessForAllFindsTheirFoldersTaken();
                stop(upper, "gateway, job, worker, flink");
            }
            stop(lower, "placement, broker");
        }
    }

    static Stream<Arguments> impossible() {
        return Stream.of(
                Arguments.of("wroker", List.of(), "no service 'wroker'; there are: broker,"),
                Arguments.of("", List.of(), "no service ''; there are: broker,"),
                Arguments.of("worker", List.of("--cluster"), "leave out --cluster"),
                Arguments.of("worker", List.of("--foreground"), "--foreground"),
                Arguments.of("worker", List.of("--port-base", "0"), "could not find these"),
                Arguments.of("worker,broker", List.of("--kafka", "a:1"), "leave broker out"),
                Arguments.of("gateway", List.of("--kafka", "nonsense"), "nonsense"));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void whatCannotBeIsRefused(String services, List<String> more, String why) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("up", "--services", services));
        arguments.addAll(more);
        try (Launcher up = Launcher.start(folder, Map.of(), arguments.toArray(String[]::new))) {
            assertThat(up.exit(SOON)).isEqualTo(2);
            assertThat(up.err()).contains(why);
        }
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void wrongSettingsOfAllAreReportedTogether() throws Exception {
        Map<String, String> environment =
                Map.of("VECTRON_WORKER_GRPC_PORT", "many", "VECTRON_GATEWAY_NONSENSE", "1");
        try (Launcher up =
                Launcher.start(folder, environment, "up", "--services", "worker,gateway")) {
            assertThat(up.exit(SOON)).isEqualTo(2);
            assertThat(up.err()).contains("VECTRON_WORKER_GRPC_PORT", "VECTRON_GATEWAY_NONSENSE");
        }
        assertThat(folder.resolve("data")).doesNotExist();
    }

    private Launcher up(String base, String services) throws IOException {
        return Launcher.start(
                folder,
                Map.of(),
                "up",
                "--services",
                services,
                "--json",
                "--data",
                "data",
                "--port-base",
                base);
    }

    /** It takes no part's folder from another process, whatever its ports. */
    private void assertThatOneProcessForAllFindsTheirFoldersTaken() throws Exception {
        try (Launcher all =
                Launcher.start(folder, Map.of(), "up", "--data", "data", "--port-base", "0")) {
            assertThat(all.exit(READY)).isEqualTo(1);
            assertThat(all.err()).contains("did not start");
        }
    }

    private static void stop(Launcher launcher, String pieces) throws Exception {
        launcher.terminate();
        launcher.exit(SOON);
        assertThat(launcher.err()).containsPattern("stopped in .* s: " + pieces);
    }

    private static List<String> names(JsonNode addresses) {
        return addresses.propertyStream().map(Map.Entry::getKey).toList();
    }
}
