package io.vectron.placement.config;

import java.util.Map;

/**
 * How placement speaks to Kafka.
 *
 * @param client client settings: {@code bootstrap.servers}, and {@code security.*}, {@code sasl.*},
 *     {@code ssl.*} as needed; passed on to the admin client and the producer
 * @param topicOverrides settings of collections' topics that replace ours, as {@code segment.ms};
 *     for those who know what they give up
 */
public record KafkaSettings(Map<String, String> client, Map<String, String> topicOverrides) {
    public KafkaSettings {
        client = Map.copyOf(client);
        topicOverrides = Map.copyOf(topicOverrides);
        if (client.getOrDefault("bootstrap.servers", "").isBlank()) {
            throw new IllegalArgumentException("bootstrap.servers is missing");
        }
    }

    /** An unsecured Kafka at {@code host:port[,host:port…]}. */
    public static KafkaSettings at(String bootstrapServers) {
        return new KafkaSettings(Map.of("bootstrap.servers", bootstrapServers), Map.of());
    }

    public KafkaSettings withTopicOverrides(Map<String, String> changed) {
        return new KafkaSettings(client, changed);
    }
}
