package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.log.Headers;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.WriteToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Kafka as anybody uses it who knows nothing of Vectron but its record format. */
final class PlainKafka implements AutoCloseable {
    private final String bootstrapServers;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Admin admin;

    PlainKafka(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.producer = producer(Map.of());
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    Admin admin() {
        return admin;
    }

    /** A producer that writes transactions; the caller closes it. */
    KafkaProducer<byte[], byte[]> transactional(String id) {
        KafkaProducer<byte[], byte[]> transactional = producer(Map.of("transactional.id", id));
        transactional.initTransactions();
        return transactional;
    }

    /** A producer with these settings; the caller closes it. */
    KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", bootstrapServers);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Writes a point as protobuf, and waits for the acknowledgement. */
    WriteToken send(String topic, String id, Point point) throws Exception {
        return send(protobuf(topic, id, point));
    }

    /** Writes a point as JSON that nothing but its first character marks as such. */
    WriteToken sendJson(String topic, String id, String json) throws Exception {
        return send(new ProducerRecord<>(topic, id.getBytes(UTF_8), json.getBytes(UTF_8)));
    }

    WriteToken sendTombstone(String topic, String id) throws Exception {
        return send(new ProducerRecord<>(topic, id.getBytes(UTF_8), null));
    }

    /** Writes a record, and makes a token of Kafka's acknowledgement. */
    WriteToken send(ProducerRecord<byte[], byte[]> record) throws Exception {
        return token(producer.send(record).get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS));
    }

    static ProducerRecord<byte[], byte[]> protobuf(String topic, String id, Point point) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, id.getBytes(UTF_8), point.toByteArray());
        record.headers().add(Headers.CONTENT_TYPE, Headers.PROTOBUF.getBytes(UTF_8));
        return record;
    }

    static WriteToken token(RecordMetadata acknowledged) {
        return WriteToken.newBuilder()
                .setTopic(acknowledged.topic())
                .setPartition(acknowledged.partition())
                .setOffset(acknowledged.offset())
                .build();
    }

    /** Last stable offset of each partition. */
    Map<Integer, Long> ends(String topic) throws Exception {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (TopicPartition partition : partitions(topic)) {
            wanted.put(partition, OffsetSpec.latest());
        }
        Map<Integer, Long> ends = new TreeMap<>();
        admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .forEach((partition, end) -> ends.put(partition.partition(), end.offset()));
        return ends;
    }

    /** All committed records of a topic from the first to the end as it is now. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic) throws Exception {
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        IsolationLevel.READ_COMMITTED.name().toLowerCase(Locale.ROOT),
                        "auto.offset.reset",
                        "none");
        List<TopicPartition> partitions = partitions(topic);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Await.until(
                    "reading " + topic,
                    () -> {
                        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                        return ends.entrySet().stream()
                                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
                    });
        }
        return records;
    }

    /** A header's text; null if the record has none of this name. */
    static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        admin.close(Duration.ofSeconds(5));
    }

    private List<TopicPartition> partitions(String topic) throws Exception {
        return admin
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .values()
                .stream()
                .flatMap(described -> described.partitions().stream())
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }
}
