package io.vectron.standalone.run;

import io.vectron.standalone.port.PortLayout;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a whole Vectron in one process needs to know.
 *
 * @param data folder that everything lies in; see {@link DataFolder}
 * @param ports where the parts listen
 * @param brokerOverrides further settings of the Kafka broker
 * @param topicOverrides settings of collections' topics that replace ours; tests compact with them
 */
public record StandaloneConfig(
        Path data,
        PortLayout ports,
        Map<String, String> brokerOverrides,
        Map<String, String> topicOverrides) {
    /** Copies the maps. */
    public StandaloneConfig {
        data = data.toAbsolutePath().normalize();
        brokerOverrides = Map.copyOf(brokerOverrides);
        topicOverrides = Map.copyOf(topicOverrides);
    }

    /** Everything by default but folder and ports. */
    public static StandaloneConfig of(Path data, PortLayout ports) {
        return new StandaloneConfig(data, ports, Map.of(), Map.of());
    }
}
