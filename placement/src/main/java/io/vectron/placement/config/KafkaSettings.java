package io.vectron.placement.config;

import io.vectron.common.config.Setting;
import java.util.HashMap;
import java.util.Map;

/**
 * How placement speaks to Kafka.
 *
 * @param bootstrapServers {@code host:port,…}
 * @param clientProperties {@code security.*}, {@code sasl.*}, {@code ssl.*} as needed; passed on to
 *     the admin client and the producer
 * @param topicOverrides settings of collections' topics that replace ours, as {@code segment.ms};
 *     for those who know what they give up
 */
public record KafkaSettings(
        @Setting("Kafka brokers to begin with: HOST:PORT, several separated by" + " commas.")
                String bootstrapServers,
        @Setting(value = "Settings of Kafka clients: security.*, sasl.*, ssl.*.", name = "client")
                Map<String, String> clientProperties,
        @Setting(
                        value =
                                "Settings of collections' topics that replace ours, such as"
                                        + " segment.ms; for those who know what they give up.",
                        name = "topic")
                Map<String, String> topicOverrides) {
    private static final String BOOTSTRAP_SERVERS = "bootstrap.servers";

    public KafkaSettings {
        clientProperties = Map.copyOf(clientProperties);
        topicOverrides = Map.copyOf(topicOverrides);
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("no Kafka bootstrap servers");
        }
        if (clientProperties.containsKey(BOOTSTRAP_SERVERS)) {
            throw new IllegalArgumentException("Kafka property cannot be set: bootstrap.servers");
        }
    }

    /** All settings of a client. */
    public Map<String, String> client() {
        Map<String, String> all = new HashMap<>(clientProperties);
        all.put(BOOTSTRAP_SERVERS, bootstrapServers);
        return all;
    }

    /** An unsecured Kafka at {@code host:port[,host:port…]}. */
    public static KafkaSettings at(String bootstrapServers) {
        return new KafkaSettings(bootstrapServers, Map.of(), Map.of());
    }

    public KafkaSettings withTopicOverrides(Map<String, String> changed) {
        return new KafkaSettings(bootstrapServers, clientProperties, changed);
    }
}
