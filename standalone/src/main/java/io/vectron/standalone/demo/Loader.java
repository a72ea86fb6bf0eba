package io.vectron.standalone.demo;

import io.vectron.cli.text.Embedder;
import io.vectron.common.log.Headers;
import io.vectron.proto.v1.WriteToken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Embeds words and produces them to the collection's topic with a plain Kafka producer, on a thread
 * of its own. What Kafka acknowledged can be waited for: its acknowledgements are write tokens.
 */
final class Loader implements AutoCloseable {
    private static final int BATCH = 64;
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(1);

    private final Embedder embedder;
    private final List<Word> words;
    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread;
    private final CompletableFuture<Void> firstAcknowledged = new CompletableFuture<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Map<Integer, Long> offsets = new HashMap<>(); // by this: partition to highest
    private int acknowledged; // by this
    private volatile boolean closed;

    /** Will load {@code words} into {@code topic}; the embedder stays the caller's. */
    Loader(Embedder embedder, List<Word> words, String bootstrapServers, String topic) {
        this.embedder = embedder;
        this.words = List.copyOf(words);
        this.topic = topic;
        this.producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrapServers, "client.id", "demo"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        this.thread = Thread.ofPlatform().name("demo-load").daemon().unstarted(this::load);
    }

    /** Begins; returns at once. */
    void start() {
        thread.start();
    }

    /** Words that Kafka acknowledged. */
    synchronized int acknowledged() {
        return acknowledged;
    }

    /** The last acknowledged write of each partition; includes all acknowledged before. */
    synchronized List<WriteToken> tokens() {
        return offsets.entrySet().stream()
                .map(last ->
                        WriteToken.newBuilder()
                                .setTopic(topic)
                                .setPartition(last.getKey())
                                .setOffset(last.getValue())
                                .build())
                .toList();
    }

    /** Completes with the first acknowledgement, or when there is nothing to load. */
    CompletableFuture<Void> firstAcknowledged() {
        return firstAcknowledged;
    }

    /** Completes when Kafka has acknowledged every word; fails with the first failure. */
    CompletableFuture<Void> done() {
        return done;
    }

    /** Stops where it is. */
    @Override
    public void close() {
        closed = true;
        producer.close(CLOSE_DEADLINE);
        try {
            thread.join(CLOSE_DEADLINE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void load() {
        try {
            for (int from = 0; from < words.size() && !closed; from += BATCH) {
                send(words.subList(from, Math.min(words.size(), from + BATCH)));
            }
            producer.flush();
            finish(null);
        } catch (RuntimeException e) {
            finish(e);
        }
    }

    private void finish(@Nullable Exception failure) {
        if (failure == null) {
            done.complete(null); // keeps the failure of a record, if one came first
            firstAcknowledged.complete(null);
        } else {
            done.completeExceptionally(failure);
            firstAcknowledged.completeExceptionally(failure);
        }
    }

    private void send(List<Word> batch) {
        List<float[]> vectors = embedder.embed(batch.stream().map(Word::text).toList());
        for (int i = 0; i < batch.size(); i++) {
            Word word = batch.get(i);
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(
                            topic,
                            word.id().getBytes(StandardCharsets.UTF_8),
                            Library.point(word, vectors.get(i)).toByteArray());
            record.headers()
                    .add(Headers.CONTENT_TYPE, Headers.PROTOBUF.getBytes(StandardCharsets.UTF_8));
            var _ = producer.send(record, this::acknowledge);
        }
    }

    private void acknowledge(@Nullable RecordMetadata record, @Nullable Exception failure) {
        if (failure != null || record == null) {
            finish(failure == null ? new KafkaException("no acknowledgement") : failure);
            return;
        }
        synchronized (this) {
            offsets.merge(record.partition(), record.offset(), Math::max);
            acknowledged++;
        }
        firstAcknowledged.complete(null);
    }
}
