package io.vectron.standalone.port;

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
    FLINK_RPC("flink", "RPC", 6123);

    private final String service;
    private final String purpose;
    private final int defaultPort;

    Part(String service, String purpose, int defaultPort) {
        this.service = service;
        this.purpose = purpose;
        this.defaultPort = defaultPort;
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
