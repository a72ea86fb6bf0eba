package io.vectron.standalone.command;

import io.vectron.common.config.Loaded;
import io.vectron.common.config.ServiceSettings;
import io.vectron.common.config.Sources;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.standalone.broker.BrokerConfig;
import io.vectron.standalone.flink.FlinkConfig;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.run.ServiceKind;
import io.vectron.standalone.run.ServiceSet;
import io.vectron.standalone.run.Wiring;
import io.vectron.worker.config.WorkerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what services of this process are told, from the same settings as their main classes, and
 * reports whatever is wrong with any of them. Used once, by one thread.
 */
final class Selection {
    private static final String WORKER_ID = "VECTRON_WORKER_ID";

    private final Given given;
    private final Settings settings;
    private final List<String> refused = new ArrayList<>();

    /**
     * What the command line says, which wins over settings.
     *
     * @param root folder of logs and scratch, and of the broker unless it is told otherwise
     * @param data folder of all services' data; null leaves it to their settings
     * @param ports where services listen; null leaves it to their settings
     * @param kafka where Kafka is; null leaves it to their settings
     */
    record Given(
            Path root, @Nullable Path data, @Nullable PortLayout ports, @Nullable String kafka) {}

    /** Where the settings of a service are read from. */
    interface Settings {
        Sources of(ServiceKind service, Map<String, String> arguments);
    }

    /** What came of it. */
    sealed interface Outcome {
        record Accepted(ServiceSet set) implements Outcome {}

        /** The configuration of a service cannot be used, as the report says. */
        record Refused(String report) implements Outcome {}
    }

    Selection(Given given, Settings settings) {
        this.given = given;
        this.settings = settings;
    }

    /** Reads the settings of these services. */
    Outcome read(Set<ServiceKind> kinds) {
        BrokerConfig broker = load(kinds, ServiceKind.BROKER, BrokerConfig.settings());
        PlacementConfig placement = load(kinds, ServiceKind.PLACEMENT, PlacementConfig.settings());
        WorkerConfig worker = load(kinds, ServiceKind.WORKER, WorkerConfig.settings());
        IngestConfig ingest = load(kinds, ServiceKind.INGEST, IngestConfig.settings());
        GatewayConfig gateway = load(kinds, ServiceKind.GATEWAY, GatewayConfig.settings());
        if (!refused.isEmpty()) {
            return new Outcome.Refused(String.join("\n", refused));
        }
        return new Outcome.Accepted(
                new ServiceSet(
                        broker == null ? null : new ServiceSet.Kafka.Own(broker, given.root()),
                        placement,
                        worker,
                        ingest == null ? null : new ServiceSet.Ingest(ingest, flink(ingest)),
                        gateway));
    }

    private FlinkConfig flink(IngestConfig ingest) {
        PortLayout ports = given.ports();
        return new FlinkConfig(
                given.root().resolve("flink"),
                ports == null ? Part.FLINK.defaultPort() : ports.port(Part.FLINK),
                ingest.parallelism());
    }

    private <T extends Record> @Nullable T load(
            Set<ServiceKind> kinds, ServiceKind kind, ServiceSettings<T> of) {
        if (!kinds.contains(kind)) {
            return null;
        }
        Map<String, String> arguments = arguments(kind);
        Loaded<T> loaded = of.load(settings.of(kind, arguments));
        if (loaded instanceof Loaded.Refused<T> without && lacksWorkerId(without)) {
            arguments.put(WORKER_ID, "worker-1"); // as in one process for all
            loaded = of.load(settings.of(kind, arguments));
        }
        return switch (loaded) {
            case Loaded.Accepted<T> accepted -> accepted.config();
            case Loaded.Refused<T> problems -> {
                refused.add(problems.report());
                yield null;
            }
        };
    }

    private static boolean lacksWorkerId(Loaded.Refused<?> refused) {
        return refused.problems().stream()
                .anyMatch(problem -> problem.key().equals(WORKER_ID) && problem.value().isEmpty());
    }

    private Map<String, String> arguments(ServiceKind kind) {
        Map<String, String> arguments = new HashMap<>();
        Path data = given.data();
        if (data != null) {
            arguments.putAll(Wiring.folder(kind, data));
        }
        PortLayout ports = given.ports();
        if (ports != null) {
            arguments.putAll(Wiring.ports(kind, ports));
            arguments.putAll(Wiring.kafka(kind, ports.address(Part.KAFKA)));
        }
        String kafka = given.kafka();
        if (kafka != null) {
            arguments.putAll(Wiring.kafka(kind, kafka));
        }
        return arguments;
    }
}
