package io.vectron.standalone.run;

import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What services on one machine are told, key → value, so that each has its place and finds the
 * others. Pure.
 */
public final class Wiring {
    private Wiring() {}

    /** Where a service keeps its data below the folder of all; the job keeps none. */
    public static Map<String, String> folder(ServiceKind service, Path data) {
        return switch (service) {
            case BROKER -> Map.of(service.key("FOLDER"), data.resolve("kafka").toString());
            case PLACEMENT, WORKER ->
                    Map.of(service.key("FOLDER"), data.resolve(service.toString()).toString());
            case INGEST, GATEWAY -> Map.of();
        };
    }

    /** Where a service listens, and where it finds placement. */
    public static Map<String, String> ports(ServiceKind service, PortLayout ports) {
        Map<String, String> settings = new HashMap<>();
        String placement = ports.address(Part.PLACEMENT);
        switch (service) {
            case BROKER -> settings.putAll(broker(1, ports));
            case PLACEMENT -> {
                settings.put(service.key("HOST"), PortLayout.HOST);
                settings.put(service.key("GRPC_PORT"), port(ports, Part.PLACEMENT));
                settings.put(service.key("RAFT_PORT"), port(ports, Part.PLACEMENT_RAFT));
                settings.put(
                        service.key("MANAGEMENT_PORT"), port(ports, Part.PLACEMENT_MANAGEMENT));
            }
            case WORKER -> settings.putAll(worker(1, ports));
            case INGEST -> settings.put(service.key("PLACEMENT"), placement);
            case GATEWAY -> {
                settings.put(service.key("HOST"), PortLayout.HOST);
                settings.put(service.key("GRPC_PORT"), port(ports, Part.GATEWAY));
                settings.put(service.key("REST_PORT"), port(ports, Part.GATEWAY_REST));
                settings.put(service.key("MANAGEMENT_PORT"), port(ports, Part.GATEWAY_MANAGEMENT));
                settings.put(service.key("PLACEMENT"), placement);
            }
        }
        return Map.copyOf(settings);
    }

    private static Map<String, String> broker(int number, PortLayout ports) {
        Part.BrokerParts parts = Part.broker(number);
        return Map.of(
                ServiceKind.BROKER.key("PORT"),
                port(ports, parts.clients()),
                ServiceKind.BROKER.key("CONTROLLER_PORT"),
                port(ports, parts.controller()));
    }

    /**
     * What one of the brokers is told.
     *
     * @param number 1 to {@link Part#BROKERS}
     * @param data folder of all services
     * @param voters all brokers and the ports of their controllers; empty if there is one
     * @param clusterId Kafka's id; empty if there is one broker
     */
    public static Map<String, String> broker(
            int number, Path data, PortLayout ports, String voters, String clusterId) {
        ServiceKind service = ServiceKind.BROKER;
        Map<String, String> settings = new TreeMap<>(broker(number, ports));
        String folder = number == 1 ? "kafka" : "kafka-" + number;
        settings.put(service.key("FOLDER"), data.resolve(folder).toString());
        if (!voters.isEmpty()) {
            settings.put(service.key("NODE_ID"), Integer.toString(number));
            settings.put(service.key("VOTERS"), voters);
            settings.put(service.key("CLUSTER_ID"), clusterId);
        }
        return settings;
    }

    /**
     * Where a worker listens, and where it finds placement.
     *
     * @param number 1 to {@link Part#WORKERS}
     */
    public static Map<String, String> worker(int number, PortLayout ports) {
        ServiceKind service = ServiceKind.WORKER;
        Part.WorkerParts parts = Part.worker(number);
        return Map.of(
                service.key("HOST"),
                PortLayout.HOST,
                service.key("GRPC_PORT"),
                port(ports, parts.grpc()),
                service.key("RAFT_PORT"),
                port(ports, parts.raft()),
                service.key("MANAGEMENT_PORT"),
                port(ports, parts.management()),
                service.key("PLACEMENT"),
                ports.address(Part.PLACEMENT));
    }

    /** Where a service finds Kafka. */
    public static Map<String, String> kafka(ServiceKind service, String bootstrapServers) {
        return switch (service) {
            case PLACEMENT, INGEST, GATEWAY ->
                    Map.of(service.key("KAFKA_BOOTSTRAP_SERVERS"), bootstrapServers);
            case BROKER, WORKER -> Map.of();
        };
    }

    private static String port(PortLayout ports, Part part) {
        return Integer.toString(ports.port(part));
    }
}
