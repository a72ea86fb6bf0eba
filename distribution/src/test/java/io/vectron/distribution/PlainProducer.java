package io.vectron.distribution;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Writes records as they are given, past the gateway. */
final class PlainProducer implements AutoCloseable {
    private final KafkaProducer<String, String> producer;

    PlainProducer(String bootstrapServers) {
        producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrapServers),
                        new StringSerializer(),
                        new StringSerializer());
    }

    /** Where the record belongs, as Java's client finds it. */
    static int home(String id, int shards) {
        return Utils.toPositive(Utils.murmur2(id.getBytes(StandardCharsets.UTF_8))) % shards;
    }

    /** Returns when it is acknowledged; a null point deletes. */
    void send(String topic, int partition, String id, @Nullable String point) throws Exception {
        producer.send(new ProducerRecord<>(topic, partition, id, point)).get();
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
