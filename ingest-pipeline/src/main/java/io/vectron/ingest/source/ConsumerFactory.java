package io.vectron.ingest.source;

import java.io.Serializable;
import org.apache.kafka.clients.consumer.Consumer;

/** Makes the consumer of a reader; shipped to the tasks. */
@FunctionalInterface
public interface ConsumerFactory extends Serializable {
    /**
     * A consumer with nothing assigned.
     *
     * @param clientId name for Kafka's logs and quotas
     */
    Consumer<byte[], byte[]> create(String clientId);
}
