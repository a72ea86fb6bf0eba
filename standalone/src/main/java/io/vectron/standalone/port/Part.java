package io.vectron.standalone.port;

import java.util.Arrays;
import java.util.List;

/** A place where one of the parts listens, in the order of {@code --port-base}. */
public enum Part {
    /** The public API over gRPC. */
    GATEWAY("gateway", "gRPC API", 9090),
    /** The public API over HTTP. */
    GATEWAY_REST("gateway", "REST API", 8080),
    /** The Flink dashboard. */
    FLINK("flink", "dashboard", 8081),
    /** The Kafka broker. */
    KAFKA("kafka", "bootstrap", 9092),
    /** The Kafka controller. */
    KAFKA_CONTROLLER("kafka", "controller", 9093),
    /** Placement's gRPC. */
    PLACEMENT("placement", "gRPC", 7000),
    /** Placement's Raft. */
    PLACEMENT_RAFT("placement", "Raft", 7010),
    /** The worker's gRPC. */
    WORKER("worker", "gRPC", 7100),
    /** The worker's Raft. */
    WORKER_RAFT("worker", "Raft", 7150),
    /** The gateway's pages for operators. */
    GATEWAY_MANAGEMENT("gateway", "management", 9091),
    /** Placement's pages for operators. */
    PLACEMENT_MANAGEMENT("placement", "management", 7020),
    /** The worker's pages for operators. */
    WORKER_MANAGEMENT("worker", "management", 7170),
    /** Where Flink's processes talk to each other; in one process they need none. */
    FLINK_RPC("flink", "RPC", 6123),
    /** The second worker's gRPC; the further workers are processes of their own. */
    WORKER_2("worker-2", "gRPC", 7101),
    /** The second worker's Raft. */
    WORKER_2_RAFT("worker-2", "Raft", 7151),
    /** The second worker's pages for operators. */
    WORKER_2_MANAGEMENT("worker-2", "management", 7171),
    /** The third worker's gRPC. */
    WORKER_3("worker-3", "gRPC", 7102),
    /** The third worker's Raft. */
    WORKER_3_RAFT("worker-3", "Raft", 7152),
    /** The third worker's pages for operators. */
    WORKER_3_MANAGEMENT("worker-3", "management", 7172),
    /** The fourth worker's gRPC. */
    WORKER_4("worker-4", "gRPC", 7103),
    /** The fourth worker's Raft. */
    WORKER_4_RAFT("worker-4", "Raft", 7153),
    /** The fourth worker's pages for operators. */
    WORKER_4_MANAGEMENT("worker-4", "management", 7173),
    /** The fifth worker's gRPC. */
    WORKER_5("worker-5", "gRPC", 7104),
    /** The fifth worker's Raft. */
    WORKER_5_RAFT("worker-5", "Raft", 7154),
    /** The fifth worker's pages for operators. */
    WORKER_5_MANAGEMENT("worker-5", "management", 7174),
    /** The second Kafka broker; further brokers are processes of their own. */
    KAFKA_2("kafka-2", "bootstrap", 9094),
    /** The second Kafka controller. */
    KAFKA_2_CONTROLLER("kafka-2", "controller", 9095),
    /** The third Kafka broker. */
    KAFKA_3("kafka-3", "bootstrap", 9096),
    /** The third Kafka controller. */
    KAFKA_3_CONTROLLER("kafka-3", "controller", 9097);

    /** Most brokers that a machine's ports are laid out for. */
    public static final int BROKERS = 3;

    /** Most workers that a machine's ports are laid out for. */
    public static final int WORKERS = 5;

    private final String service;
    private final String purpose;
    private final int defaultPort;

    Part(String service, String purpose, int defaultPort) {
        this.service = service;
        this.purpose = purpose;
        this.defaultPort = defaultPort;
    }

    /**
     * Where a worker listens.
     *
     * @param number 1 to {@link #WORKERS}
     */
    public static WorkerParts worker(int number) {
        String name = number == 1 ? "worker" : "worker-" + number;
        List<Part> parts =
                Arrays.stream(values()).filter(part -> part.service.equals(name)).toList();
        if (parts.size() != 3) {
            throw new IllegalArgumentException("no worker " + number + " of " + WORKERS);
        }
        return new WorkerParts(parts.get(0), parts.get(1), parts.get(2));
    }

    /** The places where one worker listens. */
    public record WorkerParts(Part grpc, Part raft, Part management) {}

    /**
     * Where a broker listens.
     *
     * @param number 1 to {@link #BROKERS}
     */
    public static BrokerParts broker(int number) {
        String name = number == 1 ? "kafka" : "kafka-" + number;
        List<Part> parts =
                Arrays.stream(values()).filter(part -> part.service.equals(name)).toList();
        if (parts.size() != 2) {
            throw new IllegalArgumentException("no broker " + number + " of " + BROKERS);
        }
        return new BrokerParts(parts.get(0), parts.get(1));
    }

    /** The places where one broker listens. */
    public record BrokerParts(Part clients, Part controller) {}

    /** Whether it belongs to a worker or broker after the first: a process of its own, always. */
    public boolean isOfFurtherProcess() {
        return service.startsWith("worker-") || service.startsWith("kafka-");
    }

    /** Name of the service that listens. */
    public String service() {
        return service;
    }

    /** What the port is for. */
    public String purpose() {
        return purpose;
    }

    /** Port without {@code --port-base}. */
    public int defaultPort() {
        return defaultPort;
    }

    /** For people: {@code kafka bootstrap}. */
    @Override
    public String toString() {
        return service + " " + purpose;
    }
}
