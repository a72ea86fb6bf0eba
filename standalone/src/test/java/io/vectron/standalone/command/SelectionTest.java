package io.vectron.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.config.Sources;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.run.ServiceKind;
import io.vectron.standalone.run.ServiceSet;
import io.vectron.worker.config.WorkerConfig;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final Path ROOT = Path.of("/somewhere");
    private static final Selection.Given NOTHING = new Selection.Given(ROOT, null, null, null);

    @Test
    void settingsAreThoseOfTheMainClasses() {
        ServiceSet set =
                accepted(
                        NOTHING,
                        EnumSet.of(ServiceKind.WORKER, ServiceKind.GATEWAY, ServiceKind.INGEST),
                        Map.of(
                                "VECTRON_WORKER_ID", "worker-7",
                                "VECTRON_WORKER_GRPC_PORT", "7777",
                                "VECTRON_GATEWAY_PLACEMENT", "elsewhere:7000",
                                "VECTRON_INGEST_PARALLELISM", "3"));
        assertThat(set.kafka()).isNull();
        assertThat(set.placement()).isNull();
        assertThat(worker(set).identity().id()).isEqualTo("worker-7");
        assertThat(worker(set).identity().grpcPort()).isEqualTo(7777);
        assertThat(gateway(set).placement()).hasToString("elsewhere:7000");
        assertThat(ingest(set).flink().slots()).isEqualTo(3);
        assertThat(ingest(set).flink().folder()).isEqualTo(ROOT.resolve("flink"));
    }

    @Test
    void withoutSettingsTheyFindEachOtherAndTheWorkerHasAName() {
        ServiceSet set = accepted(NOTHING, EnumSet.allOf(ServiceKind.class), Map.of());
        assertThat(worker(set).identity().id()).isEqualTo("worker-1");
        assertThat(gateway(set).placement()).hasToString("127.0.0.1:7000");
        assertThat(placement(set).self().port()).isEqualTo(7000);
        assertThat(ingest(set).job()).isEqualTo(IngestConfig.settings().defaults());
        assertThat(ingest(set).flink().dashboardPort()).isEqualTo(Part.FLINK.defaultPort());
    }

    @Test
    void theCommandLineWinsOverSettings() {
        PortLayout ports = PortLayout.from(20_000);
        ServiceSet set =
                accepted(
                        new Selection.Given(ROOT, ROOT, ports, "kafka:1"),
                        EnumSet.of(ServiceKind.PLACEMENT, ServiceKind.WORKER, ServiceKind.INGEST),
                        Map.of(
                                "VECTRON_PLACEMENT_KAFKA_BOOTSTRAP_SERVERS", "other:2",
                                "VECTRON_PLACEMENT_FOLDER", "/other",
                                "VECTRON_WORKER_GRPC_PORT", "7777"));
        assertThat(placement(set).kafka().bootstrapServers()).isEqualTo("kafka:1");
        assertThat(placement(set).folder()).isEqualTo(ROOT.resolve("placement"));
        assertThat(worker(set).identity().grpcPort()).isEqualTo(ports.port(Part.WORKER));
        assertThat(ingest(set).job().bootstrapServers()).isEqualTo("kafka:1");
        assertThat(ingest(set).flink().dashboardPort()).isEqualTo(ports.port(Part.FLINK));
    }

    @Test
    void whatIsWrongWithAnyOfThemIsReported() {
        Selection.Outcome outcome =
                read(
                        NOTHING,
                        EnumSet.of(ServiceKind.WORKER, ServiceKind.GATEWAY),
                        Map.of(
                                "VECTRON_WORKER_GRPC_PORT", "many",
                                "VECTRON_GATEWAY_NONSENSE", "1"));
        assertThat(outcome).isInstanceOf(Selection.Outcome.Refused.class);
        assertThat(((Selection.Outcome.Refused) outcome).report())
                .contains("VECTRON_WORKER_GRPC_PORT", "VECTRON_GATEWAY_NONSENSE")
                .doesNotContain("VECTRON_WORKER_ID");
    }

    private static ServiceSet accepted(
            Selection.Given given, Set<ServiceKind> kinds, Map<String, String> environment) {
        Selection.Outcome outcome = read(given, kinds, environment);
        assertThat(outcome).isInstanceOf(Selection.Outcome.Accepted.class);
        return ((Selection.Outcome.Accepted) outcome).set();
    }

    private static Selection.Outcome read(
            Selection.Given given, Set<ServiceKind> kinds, Map<String, String> environment) {
        return new Selection(given, (kind, arguments) -> new Sources(null, environment, arguments))
                .read(kinds);
    }

    private static WorkerConfig worker(ServiceSet set) {
        return Objects.requireNonNull(set.worker());
    }

    private static GatewayConfig gateway(ServiceSet set) {
        return Objects.requireNonNull(set.gateway());
    }

    private static PlacementConfig placement(ServiceSet set) {
        return Objects.requireNonNull(set.placement());
    }

    private static ServiceSet.Ingest ingest(ServiceSet set) {
        return Objects.requireNonNull(set.ingest());
    }
}
