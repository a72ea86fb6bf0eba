package io.vectron.distribution;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Writes and deletes few ids over and over with a plain producer, until it is closed. */
final class Writer implements AutoCloseable {
    private static final int IDS = 300;
    private static final int AHEAD = 200;

    private final KafkaProducer<String, String> producer;
    private final Queue<Written> acknowledged = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    /** A record that Kafka acknowledged; a null value deletes. */
    record Written(int partition, long offset, String id, @Nullable String value) {}

    Writer(String kafka, String topic, long seed) {
        producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers", kafka,
                                "linger.ms", 2,
                                "max.block.ms", 2_000,
                                "request.timeout.ms", 1_000,
                                "delivery.timeout.ms", 2_000),
                        new StringSerializer(),
                        new StringSerializer());
        thread = Thread.ofPlatform().name("writer").start(() -> write(topic, seed));
    }

    static List<String> ids() {
        return IntStream.range(0, IDS).mapToObj(i -> "id" + i).toList();
    }

    /** All that was acknowledged so far. */
    List<Written> acknowledged() {
        return List.copyOf(acknowledged);
    }

    private void write(String topic, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Semaphore ahead = new Semaphore(AHEAD);
        while (!closed) {
            String id = "id" + random.nextInt(IDS);
            String value =
                    random.nextInt(5) == 0
                            ? null
                            : "{\"vector\":[1," + random.nextInt(1000) + ",2,3]}";
            ahead.acquireUninterruptibly();
            try {
                var _ =
                        producer.send(
                                new ProducerRecord<>(topic, id, value),
                                (metadata, failure) -> {
                                    ahead.release();
                                    if (failure == null) {
                                        acknowledged.add(
                                                new Written(
                                                        metadata.partition(),
                                                        metadata.offset(),
                                                        id,
                                                        value));
                                    }
                                });
            } catch (RuntimeException brokerIsGone) {
                ahead.release(); // killed under the writer: nothing was promised
            }
        }
    }

    /** Stops writing; what is on the way is given up. */
    @Override
    public void close() {
        closed = true;
        producer.close(Duration.ZERO);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
