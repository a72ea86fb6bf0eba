package io.vectron.standalone.run;

import io.vectron.common.rpc.Address;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a whole Vectron in one process needs to know.
 *
 * @param data folder that everything lies in; see {@link DataFolder}
 * @param ports where the parts listen
 * @param brokerOverrides further settings of the Kafka broker
 * @param externalKafka a Kafka that somebody else runs, {@code host:port,…}, unsecured; null starts
 *     a broker of our own
 * @param topicOverrides settings of collections' topics that replace ours; tests compact with them
 */
public record StandaloneConfig(
        Path data,
        PortLayout ports,
        Map<String, String> brokerOverrides,
        @Nullable String externalKafka,
        Map<String, String> topicOverrides) {
    /** Copies the maps; refuses addresses of Kafka that are none. */
    public StandaloneConfig {
        data = data.toAbsolutePath().normalize();
        if (externalKafka != null) {
            for (String address : externalKafka.split(",", -1)) {
                Address.parse(address);
            }
        }
        brokerOverrides = Map.copyOf(brokerOverrides);
        topicOverrides = Map.copyOf(topicOverrides);
    }

    /** Everything by default but folder and ports. */
    public static StandaloneConfig of(Path data, PortLayout ports) {
        return new StandaloneConfig(data, ports, Map.of(), null, Map.of());
    }

    /** The same with a Kafka that somebody else runs; null starts a broker of our own. */
    public StandaloneConfig withKafka(@Nullable String bootstrapServers) {
        return new StandaloneConfig(data, ports, brokerOverrides, bootstrapServers, topicOverrides);
    }

    /** Where Kafka is. */
    public String bootstrapServers() {
        return externalKafka == null ? ports.address(Part.KAFKA) : externalKafka;
    }
}
