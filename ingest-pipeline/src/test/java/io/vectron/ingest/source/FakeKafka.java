package io.vectron.ingest.source;

import io.vectron.ingest.feed.ShardFeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** A log in memory and consumers of it that behave as KafkaConsumer does under assign(). */
public final class FakeKafka {
    private static final int POLL_RECORDS = 50;

    private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> log = new HashMap<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<TopicPartition, Long> starts = new HashMap<>();
    private final Map<TopicPartition, Long> corrupt = new HashMap<>();
    private final List<FakeConsumer> consumers = new CopyOnWriteArrayList<>();

    /** Appends a record and tells its offset. */
    public synchronized long append(
            TopicPartition partition, byte @Nullable [] key, byte @Nullable [] value) {
        long offset = end(partition);
        log.computeIfAbsent(partition, p -> new ArrayList<>())
                .add(
                        new ConsumerRecord<>(
                                partition.topic(), partition.partition(), offset, key, value));
        ends.put(partition, offset + 1);
        notifyAll();
        return offset;
    }

    /** The end moves without a record, as an aborted transaction moves it. */
    public synchronized void marker(TopicPartition partition, int offsets) {
        ends.put(partition, end(partition) + offsets);
        notifyAll();
    }

    /** The record at this offset cannot be read any more. */
    public synchronized void corrupt(TopicPartition partition, long offset) {
        corrupt.put(partition, offset);
    }

    /** All that is in the log can be read again. */
    public synchronized void mend() {
        corrupt.clear();
    }

    public synchronized long end(TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }

    public Consumer<byte[], byte[]> consumer() {
        FakeConsumer consumer = new FakeConsumer();
        consumers.add(consumer);
        return consumer;
    }

    /** A survey of this log, whose topics have the ids that are expected of them. */
    public LogSurvey survey() {
        return new LogSurvey() {
            @Override
            public CompletableFuture<Map<String, LogLook>> look(Collection<ShardFeed> feeds) {
                synchronized (FakeKafka.this) {
                    Map<String, LogLook> looks = new HashMap<>();
                    for (ShardFeed feed : feeds) {
                        TopicPartition partition =
                                new TopicPartition(feed.topic(), feed.partition());
                        looks.put(
                                feed.group(),
                                new LogLook(
                                        feed.topicId(),
                                        starts.getOrDefault(partition, 0L),
                                        end(partition),
                                        LogLook.FOR_EVER));
                    }
                    return CompletableFuture.completedFuture(looks);
                }
            }

            @Override
            public void close() {}
        };
    }

    /** Records below are not there any more. */
    public synchronized void deleteBelow(TopicPartition partition, long start) {
        starts.put(partition, start);
        notifyAll();
    }

    /** What all consumers have assigned now. */
    public Set<TopicPartition> assigned() {
        Set<TopicPartition> assigned = new HashSet<>();
        consumers.forEach(consumer -> assigned.addAll(consumer.seen));
        return assigned;
    }

    /** What all consumers have paused now. */
    public Set<TopicPartition> paused() {
        Set<TopicPartition> paused = new HashSet<>();
        consumers.forEach(consumer -> paused.addAll(consumer.paused()));
        return paused;
    }

    // The log's lock guards polls, so that wakeup() reaches one that waits.
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    private final class FakeConsumer extends MockConsumer<byte[], byte[]> {
        private volatile Set<TopicPartition> seen = Set.of();
        private boolean woken; // guarded by FakeKafka.this

        FakeConsumer() {
            super("none");
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            synchronized (FakeKafka.this) {
                long deadline = System.nanoTime() + timeout.toNanos();
                while (true) {
                    if (woken) {
                        woken = false;
                        throw new WakeupException();
                    }
                    seen = Set.copyOf(assignment());
                    ConsumerRecords<byte[], byte[]> read = read();
                    long leftNanos = deadline - System.nanoTime();
                    if (!read.nextOffsets().isEmpty() || leftNanos <= 0) {
                        return read;
                    }
                    try {
                        FakeKafka.this.wait(leftNanos / 1_000_000 + 1);
                    } catch (InterruptedException e) {
                        throw new InterruptException(e);
                    }
                }
            }
        }

        private ConsumerRecords<byte[], byte[]> read() {
            Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> read = new HashMap<>();
            Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
            for (TopicPartition partition : assignment()) {
                long position = position(partition);
                if (position > end(partition) || position < starts.getOrDefault(partition, 0L)) {
                    throw new OffsetOutOfRangeException(Map.of(partition, position));
                }
                if (paused().contains(partition) || position == end(partition)) {
                    continue;
                }
                long readable = corrupt.getOrDefault(partition, Long.MAX_VALUE);
                if (position == readable) {
                    throw corruption(partition);
                }
                List<ConsumerRecord<byte[], byte[]>> records =
                        log.getOrDefault(partition, List.of()).stream()
                                .filter(record -> record.offset() >= position)
                                .filter(record -> record.offset() < readable)
                                .limit(POLL_RECORDS)
                                .toList();
                long to =
                        records.size() < POLL_RECORDS
                                ? Math.min(end(partition), readable)
                                : records.getLast().offset() + 1;
                read.put(partition, records);
                next.put(partition, new OffsetAndMetadata(to));
                seek(partition, to);
            }
            return new ConsumerRecords<>(read, next);
        }

        /** As KafkaConsumer words it, at every poll, whatever else it could read. */
        private static KafkaException corruption(TopicPartition partition) {
            return new KafkaException(
                    "Received exception when fetching the next record from "
                            + partition
                            + ". If needed, please seek past the record to continue consumption.");
        }

        @Override
        public OptionalLong currentLag(TopicPartition partition) {
            return OptionalLong.of(end(partition) - position(partition));
        }

        @Override
        public void unsubscribe() {
            super.unsubscribe();
            seen = Set.of();
        }

        @Override
        public void wakeup() {
            synchronized (FakeKafka.this) {
                woken = true;
                FakeKafka.this.notifyAll();
            }
        }
    }
}
