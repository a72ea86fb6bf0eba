package io.vectron.ingest.sink;

import java.io.Serializable;
import org.apache.kafka.clients.producer.Producer;

/** Makes the producer of dead letters; shipped to the tasks. */
@FunctionalInterface
public interface ProducerFactory extends Serializable {
    /**
     * An idempotent producer.
     *
     * @param clientId name for Kafka's logs and quotas
     */
    Producer<byte[], byte[]> create(String clientId);
}
