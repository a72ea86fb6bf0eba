package io.vectron.gateway.log;

import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.config.KafkaConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads through a Kafka consumer a session, without a group. Sessions are short and rare, so that
 * none is kept for the next one: a gateway that nobody asks holds no connection for it.
 */
public final class KafkaLogReader implements LogReader {

    private final KafkaConfig config;
    private final Semaphore places;
    private final AtomicLong number = new AtomicLong();
    private volatile boolean closed;

    /**
     * @param sessions that may be open at a time; each holds some megabytes
     */
    public KafkaLogReader(KafkaConfig config, int sessions) {
        if (sessions < 1) {
            throw new IllegalArgumentException("sessions is below 1: " + sessions);
        }
        this.config = config;
        this.places = new Semaphore(sessions);
    }

    @Override
    public LogSession open(Visibility visibility, Deadline deadline) {
        if (closed) {
            throw new VectronException(ErrorCode.SHUTTING_DOWN, "the gateway is stopping");
        }
        if (!places.tryAcquire()) {
            throw new VectronException(
                    ErrorCode.OVERLOADED,
                    null,
                    "too many requests are reading the log",
                    Map.of("retry_after_ms", "200"));
        }
        boolean opened = false;
        try {
            LogSession session =
                    new KafkaLogSession(
                            new KafkaConsumer<>(
                                    settings(visibility),
                                    new ByteArrayDeserializer(),
                                    new ByteArrayDeserializer()),
                            deadline,
                            () -> closed,
                            places::release);
            opened = true;
            return session;
        } catch (KafkaException e) {
            throw new VectronException(
                    ErrorCode.LOG_UNAVAILABLE,
                    null,
                    "Kafka cannot be read: " + e.getMessage(),
                    Map.of(),
                    e);
        } finally {
            if (!opened) {
                places.release();
            }
        }
    }

    private Map<String, Object> settings(Visibility visibility) {
        Map<String, Object> settings = new HashMap<>();
        // Bounds what a session holds beside what its scans keep.
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 512 << 10);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 2 << 20);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        settings.putAll(config.clientProperties());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(
                ConsumerConfig.CLIENT_ID_CONFIG,
                "vectron-gateway-reader-" + number.incrementAndGet());
        settings.put(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                switch (visibility) {
                    case COMMITTED -> "read_committed";
                    case ALL -> "read_uncommitted";
                });
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        return settings;
    }

    @Override
    public void close() {
        closed = true;
    }
}
