package io.vectron.ingest.config;

import io.vectron.common.config.ServiceSettings;
import io.vectron.common.config.Setting;
import io.vectron.common.config.Unit;
import io.vectron.common.rpc.Address;
import io.vectron.ingest.lane.LaneLimits;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the ingest job is told. Shipped to every task, hence serialisable.
 *
 * @param bootstrapServers Kafka brokers, host:port separated by commas
 * @param kafkaProperties settings for every Kafka client of the job, such as {@code security.*} and
 *     {@code sasl.*}; settings that the job's guarantees rest on cannot be changed
 * @param placement addresses of placement's nodes, host:port
 * @param lane bounds and pace of each shard's lane
 * @param budgetBytes memory of all lanes of a task together, dealt out in equal shares of at most
 *     the lane's cap; a share is never below one batch
 * @param pace how often the job looks around
 * @param parallelism tasks
 */
public record IngestConfig(
        @Setting(
                        value =
                                "Kafka brokers to begin with: HOST:PORT, several separated by"
                                        + " commas.",
                        name = "kafkaBootstrapServers")
                String bootstrapServers,
        @Setting(
                        value =
                                "Settings of Kafka clients: security.*, sasl.*, ssl.*, fetch"
                                        + " sizes. Those that the job's guarantees rest on stay as"
                                        + " they are.",
                        name = "kafkaClient")
                Map<String, String> kafkaProperties,
        @Setting("Where placement's nodes listen, HOST:PORT each.") List<String> placement,
        @Setting("Bounds and pace of each shard's lane.") LaneLimits lane,
        @Setting(
                        value =
                                "Memory of all lanes of a task together, dealt out in equal"
                                        + " shares of at most the lane's cap; at least one batch.",
                        unit = Unit.BYTES)
                long budgetBytes,
        @Setting("How often the job looks around, and how long it waits for answers.") Pace pace,
        @Setting("Tasks of the job; each needs a slot of the Flink cluster.") int parallelism)
        implements Serializable {

    /**
     * How often the job looks around, and how long it waits for answers.
     *
     * @param discovery between two rounds over shards whose position is not known yet
     * @param publish between two publications of applied positions to Kafka's consumer groups
     * @param watch between two looks at where logs and shards stand
     * @param callTimeout longest wait for one answer of a worker
     */
    public record Pace(
            @Setting("Time between two rounds over shards whose position is not" + " known yet.")
                    Duration discovery,
            @Setting(
                            "Time between two publications of applied positions to Kafka's"
                                    + " consumer groups.")
                    Duration publish,
            @Setting(
                            "Time between two looks at whether topics are still the same and"
                                    + " shards at the end of their logs.")
                    Duration watch,
            @Setting("Longest wait for one answer of a worker.") Duration callTimeout)
            implements Serializable {
        public Pace {
            requirePositive("discovery", discovery);
            requirePositive("publish", publish);
            requirePositive("watch", watch);
            requirePositive("callTimeout", callTimeout);
        }

        private static void requirePositive(String name, Duration duration) {
            if (duration.toMillis() < 1) {
                throw new IllegalArgumentException(name + " is below 1 ms: " + duration);
            }
        }
    }

    public IngestConfig {
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("bootstrapServers is blank");
        }
        kafkaProperties = Map.copyOf(kafkaProperties);
        placement = List.copyOf(placement);
        if (placement.isEmpty()) {
            throw new IllegalArgumentException("placement names no address");
        }
        placement.forEach(Address::parse);
        if (budgetBytes < lane.batchBytes()) {
            throw new IllegalArgumentException(
                    "budgetBytes " + budgetBytes + " is below one batch " + lane.batchBytes());
        }
        if (parallelism < 1) {
            throw new IllegalArgumentException("parallelism is below 1: " + parallelism);
        }
    }

    /** All settings, with their defaults. */
    public static ServiceSettings<IngestConfig> settings() {
        return ServiceSettings.of("ingest", of("127.0.0.1:9092", "127.0.0.1:7000", 1));
    }

    /** The defaults: 128 MiB a task, discovery every 500 ms, publication every 5 s. */
    public static IngestConfig of(String bootstrapServers, String placement, int parallelism) {
        return new IngestConfig(
                bootstrapServers,
                Map.of(),
                List.of(placement),
                LaneLimits.defaults(),
                128L << 20,
                new Pace(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(5)),
                parallelism);
    }

    /** Share of each of {@code lanes} lanes in the budget, in bytes. */
    public long shareBytes(int lanes) {
        long share = budgetBytes / Math.max(1, lanes);
        return Math.max(lane.batchBytes(), Math.min(lane.capBytes(), share));
    }
}
