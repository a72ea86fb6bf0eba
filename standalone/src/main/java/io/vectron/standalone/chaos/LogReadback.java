package io.vectron.standalone.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectron.proto.log.v1.Point;
import io.vectron.standalone.history.Change;
import io.vectron.standalone.history.Log;
import io.vectron.standalone.history.LogRecord;
import io.vectron.standalone.history.Shown;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the log of a collection as any consumer would. */
final class LogReadback {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(200);

    private LogReadback() {}

    /** Positions behind the last record of each partition. */
    static List<Long> ends(String kafka, String topic, int shards) {
        List<TopicPartition> partitions = partitions(topic, shards);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            return partitions.stream().map(it -> ends.getOrDefault(it, 0L)).toList();
        }
    }

    /**
     * All of it.
     *
     * @throws IOException if it cannot be read to its end, or holds what no point is
     */
    static Log read(String kafka, String topic, int shards) throws IOException {
        List<TopicPartition> partitions = partitions(topic, shards);
        List<List<LogRecord>> records = new ArrayList<>();
        partitions.forEach(any -> records.add(new ArrayList<>()));
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new IOException(topic + " could not be read within " + LIMIT);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    records.get(record.partition()).add(record(record));
                }
            }
            return new Log(
                    records, partitions.stream().map(it -> ends.getOrDefault(it, 0L)).toList());
        }
    }

    private static LogRecord record(ConsumerRecord<byte[], byte[]> record) throws IOException {
        byte[] value = record.value();
        Change change = value == null ? new Change.Delete() : new Change.Put(stamp(record));
        return new LogRecord(
                record.partition(), record.offset(), new String(record.key(), UTF_8), change);
    }

    private static long stamp(ConsumerRecord<byte[], byte[]> record) throws IOException {
        try {
            long stamp = Values.stamp(Point.parseFrom(record.value()));
            if (stamp != Shown.UNKNOWN) {
                return stamp;
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("not a point: " + record, e);
        }
        throw new IOException("not a point of this run: " + record);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String kafka) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "none"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(String topic, int shards) {
        return IntStream.range(0, shards)
                .mapToObj(shard -> new TopicPartition(topic, shard))
                .toList();
    }
}
