package io.vectron.gateway.write;

import com.google.protobuf.ByteString;
import io.grpc.Deadline;
import io.vectron.gateway.config.KafkaConfig;
import io.vectron.gateway.log.LogHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends through one idempotent Kafka producer: {@code acks=all}, order kept, a retry never
 * written twice.
 */
public final class KafkaLogWriter implements LogWriter {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaLogWriter.class);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;

    /**
     * Connects in the background; Kafka need not be up yet.
     *
     * @param delivery longest time that a record is tried, even if its request waits longer: nobody
     *     should find a record in the log that was given up long ago
     */
    public KafkaLogWriter(KafkaConfig config, Duration delivery) {
        this.producer =
                new KafkaProducer<>(
                        properties(config, delivery),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    static Properties properties(KafkaConfig config, Duration delivery) {
        Properties properties = new Properties();
        // A request is a batch by itself; waiting for company would cost freshness.
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        properties.putAll(config.clientProperties());
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "vectron-gateway-writer");
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) delivery.toMillis());
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, delivery.toMillis());
        return properties;
    }

    @Override
    public List<AppendOutcome> append(List<LogAppend> records, Deadline deadline)
            throws InterruptedException {
        List<CompletableFuture<AppendOutcome>> ends = new ArrayList<>(records.size());
        for (int i = 0; i < records.size(); i++) {
            ends.add(new CompletableFuture<>());
        }
        // `send` blocks for metadata and for room in the buffer, with one time limit for the whole
        // producer; a thread of its own can be stopped at this request's deadline.
        Thread sender = Thread.ofVirtual().name("log-append").start(() -> send(records, ends));
        String givenUp = "Kafka did not acknowledge the record within the deadline";
        try {
            CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                    .get(
                            Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)),
                            TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.debug("{}", givenUp);
            sender.interrupt();
        } catch (InterruptedException e) {
            sender.interrupt();
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an append never ends with an error", e);
        }
        // Not before the thread is gone may the caller go on: a later append must come later.
        sender.join();
        List<AppendOutcome> outcomes = new ArrayList<>(records.size());
        for (CompletableFuture<AppendOutcome> end : ends) {
            outcomes.add(end.getNow(new AppendOutcome.Unacknowledged(givenUp)));
        }
        return outcomes;
    }

    private void send(List<LogAppend> records, List<CompletableFuture<AppendOutcome>> ends) {
        boolean stopped = false;
        for (int i = 0; i < records.size(); i++) {
            CompletableFuture<AppendOutcome> end = ends.get(i);
            stopped = stopped || Thread.interrupted();
            if (stopped) {
                end.complete(new AppendOutcome.NotSent("the deadline passed before it was sent"));
                continue;
            }
            try {
                // The callback tells the same.
                Future<RecordMetadata> _ =
                        producer.send(
                                record(records.get(i)),
                                (metadata, problem) -> end.complete(outcome(metadata, problem)));
            } catch (InterruptException e) {
                stopped = true;
                end.complete(new AppendOutcome.NotSent("Kafka took no record until the deadline"));
            } catch (KafkaException | IllegalStateException e) {
                // Illegal state: the producer is closed.
                end.complete(new AppendOutcome.NotSent(String.valueOf(e.getMessage())));
            }
        }
    }

    private static AppendOutcome outcome(
            @Nullable RecordMetadata metadata, @Nullable Exception problem) {
        if (problem != null) {
            return new AppendOutcome.Unacknowledged(
                    "Kafka did not acknowledge the record: " + problem.getMessage());
        }
        if (metadata == null || !metadata.hasOffset()) {
            return new AppendOutcome.Unacknowledged("Kafka acknowledged without an offset");
        }
        return new AppendOutcome.Appended(metadata.offset(), null); // Kafka tells no epoch.
    }

    private static ProducerRecord<byte[], byte[]> record(LogAppend append) {
        RecordHeaders headers = new RecordHeaders();
        for (LogHeader header : append.headers()) {
            headers.add(header.name(), bytes(header.value()));
        }
        return new ProducerRecord<>(
                append.topic(),
                append.partition(),
                bytes(append.key()),
                bytes(append.value()),
                headers);
    }

    private static byte @Nullable [] bytes(@Nullable ByteString bytes) {
        return bytes == null ? null : bytes.toByteArray();
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
