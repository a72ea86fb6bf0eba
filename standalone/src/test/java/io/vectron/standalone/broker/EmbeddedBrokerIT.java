package io.vectron.standalone.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final TopicPartition LOG = new TopicPartition("log", 0);

    @TempDir Path folder;

    @Test
    void keepsTransactionalRecordsOverARestartOnOtherPorts() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(config(Map.of()))) {
            createLog(broker);
            try (var producer = producer(broker, Map.of("transactional.id", "test"))) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(LOG.topic(), "kept", "1")).get();
                producer.commitTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(LOG.topic(), "aborted", "2")).get();
                producer.abortTransaction();
            }
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start(config(Map.of()))) {
            assertThat(keys(broker, 1)).containsExactly("kept");
        }
    }

    @Test
    void overridesReachTheBroker() throws Exception {
        Map<String, String> mine = Map.of("log.cleaner.backoff.ms", "50");
        try (EmbeddedBroker broker = EmbeddedBroker.start(config(mine));
                Admin admin =
                        Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            ConfigResource one = new ConfigResource(ConfigResource.Type.BROKER, "1");
            Collection<Config> settings = admin.describeConfigs(Set.of(one)).all().get().values();
            assertThat(settings)
                    .extracting(found -> found.get("log.cleaner.backoff.ms").value())
                    .containsExactly("50");
        }
    }

    private BrokerConfig config(Map<String, String> overrides) throws Exception {
        PortLayout ports = PortLayout.free();
        return new BrokerConfig(
                folder, ports.port(Part.KAFKA), ports.port(Part.KAFKA_CONTROLLER), overrides);
    }

    private static void createLog(EmbeddedBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            NewTopic topic = new NewTopic(LOG.topic(), 1, (short) 1);
            admin.createTopics(Set.of(topic)).all().get();
        }
    }

    private static KafkaProducer<String, String> producer(
            EmbeddedBroker broker, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", broker.bootstrapServers());
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    /** Keys of the committed records in order of offset, once there are {@code count}. */
    private static List<String> keys(EmbeddedBroker broker, int count) {
        List<String> keys = new ArrayList<>();
        try (var consumer = consumer(broker)) {
            long end = System.nanoTime() + DEADLINE.toNanos();
            while (System.nanoTime() < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(50))) {
                    keys.add(record.key());
                }
                long last = consumer.endOffsets(Set.of(LOG)).getOrDefault(LOG, -1L);
                if (keys.size() >= count && consumer.position(LOG) == last) {
                    break;
                }
            }
        }
        return keys;
    }

    private static KafkaConsumer<String, String> consumer(EmbeddedBroker broker) {
        KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                broker.bootstrapServers(),
                                "isolation.level",
                                "read_committed"),
                        new StringDeserializer(),
                        new StringDeserializer());
        consumer.assign(Set.of(LOG));
        consumer.seekToBeginning(Set.of(LOG));
        return consumer;
    }
}
