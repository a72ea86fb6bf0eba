package io.vectron.standalone.broker;

import io.vectron.common.config.ServiceSettings;
import io.vectron.common.config.Setting;
import java.nio.file.Path;
import java.util.Map;

/**
 * How to run the broker.
 *
 * @param folder where it keeps its data; created if absent
 * @param port where clients reach it, on the loopback address
 * @param controllerPort where broker and controller talk to each other, on the loopback address
 * @param overrides further broker settings, winning over ours; tests make compaction fast with them
 * @param quorum the brokers that are a cluster together
 */
public record BrokerConfig(
        @Setting("Everything of the broker lies below.") Path folder,
        @Setting("Where clients reach the broker, on the loopback address.") int port,
        @Setting("Where broker and controller talk to each other, on the" + " loopback address.")
                int controllerPort,
        @Setting(
                        value =
                                "Settings of Kafka itself that replace ours, such as"
                                        + " log.flush.interval.messages=1 to survive a power cut.",
                        name = "kafka")
                Map<String, String> overrides,
        @Setting(value = "The cluster of brokers.", name = "-") Quorum quorum) {

    /** A broker that is alone. */
    public BrokerConfig(Path folder, int port, int controllerPort, Map<String, String> overrides) {
        this(folder, port, controllerPort, overrides, Quorum.ALONE);
    }

    /** All settings, with their defaults. */
    public static ServiceSettings<BrokerConfig> settings() {
        return ServiceSettings.of(
                "broker", new BrokerConfig(Path.of("data", "kafka"), 9092, 9093, Map.of()));
    }

    /** Refuses impossible ports. */
    public BrokerConfig {
        overrides = Map.copyOf(overrides);
        if (port < 1 || controllerPort < 1 || port == controllerPort) {
            throw new IllegalArgumentException(
                    "broker needs two ports: " + port + ", " + controllerPort);
        }
    }
}
