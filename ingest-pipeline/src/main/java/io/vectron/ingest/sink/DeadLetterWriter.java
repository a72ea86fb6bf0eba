package io.vectron.ingest.sink;

import com.google.protobuf.ByteString;
import io.vectron.common.log.Headers;
import io.vectron.ingest.feed.ShardFeed;
import io.vectron.ingest.lane.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Makes dead letters durable. A lane waits for its own letters only: each write runs on a virtual
 * thread of its own, because a producer blocks for seconds on a topic it cannot reach. There is at
 * most one write a lane, so their number is bounded.
 */
final class DeadLetterWriter implements AutoCloseable {
    private static final int KEPT_KEY_BYTES = 1_024;
    private static final int KEPT_LINEAGE_BYTES = 64;
    private static final Set<String> LINEAGE =
            Set.of(Headers.RETRY_OF, Headers.RETRIES, Headers.RETRY_ORIGIN_MS);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final ProducerFactory producers;
    private final String clientId;
    private @Nullable Producer<byte[], byte[]> producer; // guarded by this
    private boolean closed; // guarded by this

    DeadLetterWriter(ProducerFactory producers, String clientId) {
        this.producers = producers;
        this.clientId = clientId;
    }

    /** Completes when all letters are durable; fails if one is not. */
    CompletableFuture<Void> write(ShardFeed feed, List<DeadLetter.Addressed> letters) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("dead-letters-" + feed.topic() + "-" + feed.partition())
                .start(() -> {
                    try {
                        writeAll(feed, letters);
                        written.complete(null);
                    } catch (KafkaException | IllegalStateException e) {
                        written.completeExceptionally(e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        written.completeExceptionally(e);
                    }
                });
        return written;
    }

    @Override
    public void close() {
        Producer<byte[], byte[]> open;
        synchronized (this) {
            closed = true;
            open = producer;
            producer = null;
        }
        if (open != null) {
            open.close(CLOSE_TIMEOUT);
        }
    }

    private void writeAll(ShardFeed feed, List<DeadLetter.Addressed> letters)
            throws InterruptedException {
        Producer<byte[], byte[]> client = producer();
        try {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (DeadLetter.Addressed letter : letters) {
                sent.add(client.send(record(feed, letter, false)));
            }
            for (int i = 0; i < sent.size(); i++) {
                if (!fits(sent.get(i))) {
                    // Better a letter without its enclosure than a shard that never goes on: the
                    // coordinates in the headers lead to the original as long as the log has it.
                    await(client.send(record(feed, letters.get(i), true)));
                }
            }
        } catch (KafkaException e) {
            if (!(e instanceof RetriableException)) {
                discard(client);
            }
            throw e;
        }
    }

    /** Waits for a letter; false if it was too large for the topic. */
    private static boolean fits(Future<RecordMetadata> sent) throws InterruptedException {
        try {
            await(sent);
            return true;
        } catch (RecordTooLargeException e) {
            return false;
        }
    }

    private static void await(Future<RecordMetadata> sent) throws InterruptedException {
        try {
            sent.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException cause) {
                throw cause;
            }
            throw new KafkaException("a dead letter was not written", e);
        }
    }

    private static ProducerRecord<byte[], byte[]> record(
            ShardFeed feed, DeadLetter.Addressed addressed, boolean bare) {
        DeadLetter letter = addressed.letter();
        DeadLetter.Original original = letter.original();
        byte[] key = bytes(original.key());
        if (bare && key != null && key.length > KEPT_KEY_BYTES) {
            key = Arrays.copyOf(key, KEPT_KEY_BYTES);
        }
        byte[] value = bare ? null : bytes(original.value());
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(feed.facts().getDeadLetterTopic(), key, value);
        if (bare) {
            int size = original.value() == null ? 0 : original.value().size();
            add(record, Headers.VALUE_OMITTED_BYTES, Integer.toString(size));
            addLineage(record, original);
        } else {
            for (DeadLetter.Header header : original.headers()) {
                record.headers().add(header.name(), bytes(header.value()));
            }
        }
        add(record, Headers.RULE, letter.rule());
        add(record, Headers.REASON, letter.reason());
        add(record, Headers.SOURCE_TOPIC, feed.topic());
        add(record, Headers.SOURCE_PARTITION, Integer.toString(feed.partition()));
        add(record, Headers.SOURCE_OFFSET, Long.toString(letter.offset()));
        add(record, Headers.SOURCE_TIMESTAMP_MS, Long.toString(letter.timestampMs()));
        Long replaced = addressed.replacedVersion();
        if (replaced != null) {
            add(record, Headers.REPLACED_VERSION, Long.toString(replaced));
        }
        return record;
    }

    /** Where a record that was written again came from stays known, whatever else does not fit. */
    private static void addLineage(
            ProducerRecord<byte[], byte[]> record, DeadLetter.Original original) {
        Map<String, byte[]> kept = new TreeMap<>();
        for (DeadLetter.Header header : original.headers()) {
            ByteString value = header.value();
            boolean small = value != null && value.size() <= KEPT_LINEAGE_BYTES;
            if (value != null && small && LINEAGE.contains(header.name())) {
                kept.put(header.name(), value.toByteArray());
            }
        }
        kept.forEach((name, value) -> record.headers().add(name, value));
    }

    private static void add(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static byte @Nullable [] bytes(@Nullable ByteString bytes) {
        return bytes == null ? null : bytes.toByteArray();
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (closed) {
            throw new IllegalStateException("the writer of dead letters is closed");
        }
        Producer<byte[], byte[]> client = producer;
        if (client == null) {
            client = producers.create(clientId);
            producer = client;
        }
        return client;
    }

    /** A producer that failed for good is replaced at the next letter. */
    private void discard(Producer<byte[], byte[]> broken) {
        synchronized (this) {
            if (!Objects.equals(producer, broken)) {
                return;
            }
            producer = null;
        }
        broken.close(Duration.ZERO);
    }
}
