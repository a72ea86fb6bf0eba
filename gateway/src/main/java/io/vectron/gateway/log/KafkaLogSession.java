package io.vectron.gateway.log;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.fresh.LogPartition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A session of {@link KafkaLogReader}. One thread. */
final class KafkaLogSession implements LogSession {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final Deadline deadline;
    private final BooleanSupplier stopping;
    private final Runnable onClose;
    private boolean closed;

    /**
     * @param consumer closed with the session
     * @param stopping whether sessions are to end
     * @param onClose gives the session's place back
     */
    KafkaLogSession(
            Consumer<byte[], byte[]> consumer,
            Deadline deadline,
            BooleanSupplier stopping,
            Runnable onClose) {
        this.consumer = consumer;
        this.deadline = deadline;
        this.stopping = stopping;
        this.onClose = onClose;
    }

    @Override
    public int partitions(String topic) {
        return ask(() -> {
            List<PartitionInfo> known = consumer.partitionsFor(topic, left());
            if (known == null || known.isEmpty()) {
                throw unavailable("there is no topic " + topic, null);
            }
            return known.size();
        });
    }

    @Override
    public Span span(LogPartition partition) {
        TopicPartition asked = kafka(partition);
        List<TopicPartition> one = List.of(asked);
        return ask(() -> {
            Long begin = consumer.beginningOffsets(one, left()).get(asked);
            Long end = consumer.endOffsets(one, left()).get(asked);
            if (begin == null || end == null) {
                throw unavailable("the end of " + partition + " is unknown", null);
            }
            return new Span(begin, end);
        });
    }

    @Override
    public long offsetAt(LogPartition partition, Instant time) {
        TopicPartition asked = kafka(partition);
        OffsetAndTimestamp found =
                ask(() -> consumer.offsetsForTimes(Map.of(asked, time.toEpochMilli()), left()))
                        .get(asked);
        return found == null ? span(partition).end() : found.offset();
    }

    @Override
    public long scan(LogPartition partition, long from, long to, Limits limits, Visitor visitor) {
        if (from >= to) {
            return from;
        }
        TopicPartition asked = kafka(partition);
        return ask(() -> {
            consumer.assign(List.of(asked));
            consumer.seek(asked, from);
            return poll(asked, from, to, limits, visitor);
        });
    }

    private long poll(TopicPartition asked, long from, long to, Limits limits, Visitor visitor) {
        long reached = from;
        int records = 0;
        long bytes = 0;
        while (reached < to && !deadline.isExpired()) {
            if (stopping.getAsBoolean()) {
                throw new VectronException(ErrorCode.SHUTTING_DOWN, "the gateway is stopping");
            }
            Duration wait = left().compareTo(POLL) < 0 ? left() : POLL;
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait).records(asked)) {
                if (record.offset() >= to) {
                    return to;
                }
                LogEntry entry = entry(record);
                records++;
                bytes += entry.bytes();
                reached = record.offset() + 1;
                if (!visitor.visit(entry) || records >= limits.records()) {
                    return reached;
                }
                if (bytes >= limits.bytes()) {
                    return reached;
                }
            }
            // Markers, aborted and compacted records move the position without a record.
            reached = Math.max(reached, Math.min(to, consumer.position(asked, left())));
        }
        return reached;
    }

    private static LogEntry entry(ConsumerRecord<byte[], byte[]> record) {
        List<LogHeader> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new LogHeader(header.key(), wrap(header.value())));
        }
        return new LogEntry(
                record.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                wrap(record.key()),
                wrap(record.value()),
                headers);
    }

    private static @Nullable ByteString wrap(byte @Nullable [] bytes) {
        // Kafka hands the arrays over and never touches them again.
        return bytes == null ? null : UnsafeByteOperations.unsafeWrap(bytes);
    }

    private static TopicPartition kafka(LogPartition partition) {
        return new TopicPartition(partition.topic(), partition.number());
    }

    private Duration left() {
        return Duration.ofMillis(Math.max(1, deadline.timeRemaining(TimeUnit.MILLISECONDS)));
    }

    private static <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (InterruptException e) {
            // Kafka has set the thread's flag.
            throw new VectronException(
                    ErrorCode.SHUTTING_DOWN, null, "the gateway is stopping", Map.of(), e);
        } catch (KafkaException e) {
            throw unavailable("Kafka cannot be read: " + e.getMessage(), e);
        }
    }

    private static VectronException unavailable(String message, @Nullable Throwable cause) {
        return new VectronException(ErrorCode.LOG_UNAVAILABLE, null, message, Map.of(), cause);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            consumer.close(CloseOptions.timeout(CLOSE));
        } finally {
            onClose.run();
        }
    }
}
