package io.vectron.standalone.run;

import io.vectron.common.manage.ManagementConfig;
import io.vectron.common.rpc.Address;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.gateway.config.KafkaConfig;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.placement.config.KafkaSettings;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.standalone.broker.BrokerConfig;
import io.vectron.standalone.flink.FlinkConfig;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import io.vectron.worker.config.WorkerConfig;
import io.vectron.worker.config.WorkerConfig.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A whole Vectron in this process: broker, Flink cluster with the ingest job, placement, one worker
 * and the gateway. They are the parts that a cluster is made of, and speak to each other over the
 * same ports; nothing is short-circuited.
 */
public final class Standalone implements AutoCloseable {
    private static final int TASKS = 1;

    private final StandaloneConfig config;
    private final DataFolder folder;
    private final Assembly assembly;

    private Standalone(StandaloneConfig config, DataFolder folder, Assembly assembly) {
        this.config = config;
        this.folder = folder;
        this.assembly = assembly;
    }

    /**
     * Starts everything and returns when points can be written and searched.
     *
     * @param folder the data folder; closed with what is returned, and on failure
     * @throws RefusedException if a port is taken or a part cannot start; what had started is
     *     stopped again
     */
    public static Standalone start(StandaloneConfig config, DataFolder folder)
            throws IOException, RefusedException {
        try {
            checkPorts(config);
            return new Standalone(config, folder, Assembly.start(set(config, folder.root())));
        } catch (RefusedException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** Where the parts listen. */
    public PortLayout ports() {
        return config.ports();
    }

    /** Where Kafka listens: our own broker, or that of somebody else. */
    public String bootstrapServers() {
        return config.bootstrapServers();
    }

    /** Folder that everything lies in. */
    public Path folder() {
        return folder.root();
    }

    /** How long each part took to start. */
    public StartTimes startTimes() {
        return assembly.startTimes();
    }

    /** Stops all parts in order, at most some 10 s, and lets go of the folder. Idempotent. */
    @Override
    public void close() throws IOException {
        close(piece -> {});
    }

    /** As {@link #close()}; {@code stopped} is told of each piece. */
    public void close(Consumer<Piece> stopped) throws IOException {
        assembly.close(stopped);
        folder.close();
    }

    private static void checkPorts(StandaloneConfig config) throws RefusedException {
        PortLayout ports = config.ports();
        List<Part> taken = new ArrayList<>(ports.taken());
        taken.remove(Part.FLINK_RPC); // within one process Flink needs none
        taken.removeIf(Part::isOfFurtherProcess); // there is one
        if (config.externalKafka() != null) {
            taken.removeAll(List.of(Part.KAFKA, Part.KAFKA_CONTROLLER));
        }
        if (!taken.isEmpty()) {
            String which =
                    taken.stream()
                            .map(part -> ports.port(part) + " (" + part + ")")
                            .collect(Collectors.joining(", "));
            throw new RefusedException(
                    "in use by another program: port "
                            + which
                            + "; choose other ports with --port-base");
        }
    }

    /** All services, told where they are. */
    private static ServiceSet set(StandaloneConfig config, Path root) {
        PortLayout ports = config.ports();
        String kafka = config.bootstrapServers();
        Address placement = new Address(PortLayout.HOST, ports.port(Part.PLACEMENT));
        return new ServiceSet(
                kafka(config, root),
                PlacementConfig.single(
                                root.resolve("placement"),
                                PortLayout.HOST,
                                ports.port(Part.PLACEMENT),
                                ports.port(Part.PLACEMENT_RAFT),
                                KafkaSettings.at(kafka).withTopicOverrides(config.topicOverrides()))
                        .withManagement(management(ports, Part.PLACEMENT_MANAGEMENT)),
                WorkerConfig.of(
                                new Identity(
                                        "worker-1",
                                        PortLayout.HOST,
                                        ports.port(Part.WORKER),
                                        ports.port(Part.WORKER_RAFT),
                                        ""),
                                root.resolve("worker"),
                                placement)
                        .withManagement(management(ports, Part.WORKER_MANAGEMENT)),
                new ServiceSet.Ingest(
                        IngestConfig.of(kafka, placement.toString(), TASKS),
                        new FlinkConfig(root.resolve("flink"), ports.port(Part.FLINK), TASKS)),
                GatewayConfig.of(
                                PortLayout.HOST,
                                ports.port(Part.GATEWAY),
                                ports.port(Part.GATEWAY_REST),
                                new KafkaConfig(kafka, Map.of()),
                                placement)
                        .withManagement(management(ports, Part.GATEWAY_MANAGEMENT)));
    }

    private static ServiceSet.Kafka kafka(StandaloneConfig config, Path root) {
        String elsewhere = config.externalKafka();
        return elsewhere != null
                ? new ServiceSet.Kafka.Elsewhere(elsewhere, root)
                : new ServiceSet.Kafka.Own(
                        new BrokerConfig(
                                root.resolve("kafka"),
                                config.ports().port(Part.KAFKA),
                                config.ports().port(Part.KAFKA_CONTROLLER),
                                config.brokerOverrides()),
                        root);
    }

    private static ManagementConfig management(PortLayout ports, Part part) {
        return new ManagementConfig(PortLayout.HOST, ports.port(part));
    }
}
