package io.vectron.standalone.broker;

import java.nio.file.Path;
import java.util.Map;

/**
 * How to run the broker.
 *
 * @param folder where it keeps its data; created if absent
 * @param port where clients reach it, on the loopback address
 * @param controllerPort where broker and controller talk to each other, on the loopback address
 * @param overrides further broker settings, winning over ours; tests make compaction fast with them
 */
public record BrokerConfig(
        Path folder, int port, int controllerPort, Map<String, String> overrides) {
    /** Refuses impossible ports. */
    public BrokerConfig {
        overrides = Map.copyOf(overrides);
        if (port < 1 || controllerPort < 1 || port == controllerPort) {
            throw new IllegalArgumentException(
                    "broker needs two ports: " + port + ", " + controllerPort);
        }
    }
}
