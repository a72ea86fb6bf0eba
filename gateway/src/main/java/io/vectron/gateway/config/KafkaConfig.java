package io.vectron.gateway.config;

import io.vectron.common.config.Setting;
import java.util.Map;
import java.util.Set;

/**
 * How the gateway reaches Kafka.
 *
 * @param bootstrapServers {@code host:port,…}
 * @param clientProperties passed to every Kafka client of the gateway: security, SASL, TLS, buffer
 *     sizes. Those that the promise of an acknowledged write rests on cannot be set here.
 */
public record KafkaConfig(
        @Setting("Kafka brokers to begin with: HOST:PORT, several separated by" + " commas.")
                String bootstrapServers,
        @Setting(
                        value =
                                "Settings of Kafka clients: security.*, sasl.*, ssl.*, buffer"
                                        + " sizes. Those that the promise of an acknowledged write"
                                        + " rests on cannot be set.",
                        name = "client")
                Map<String, String> clientProperties) {

    /** Set by the gateway alone: they carry the promise that an acknowledged write is not lost. */
    private static final Set<String> OURS =
            Set.of(
                    "bootstrap.servers",
                    "acks",
                    "enable.idempotence",
                    "max.in.flight.requests.per.connection",
                    "retries",
                    "delivery.timeout.ms",
                    "transactional.id",
                    "key.serializer",
                    "value.serializer",
                    "partitioner.class",
                    "partitioner.ignore.keys");

    /** Refuses an empty address and properties that are the gateway's own. */
    public KafkaConfig {
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("no Kafka bootstrap servers");
        }
        clientProperties = Map.copyOf(clientProperties);
        for (String key : clientProperties.keySet()) {
            if (OURS.contains(key)) {
                throw new IllegalArgumentException("Kafka property cannot be set: " + key);
            }
        }
    }
}
