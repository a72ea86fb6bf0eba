package io.vectron.placement.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.log.TopicNames;
import io.vectron.placement.config.KafkaSettings;
import io.vectron.proto.log.v1.CatalogRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * {@link CatalogLog} against a real Kafka. Creates the topic at first use. One producer lives as
 * long as Kafka lets it: it is idempotent, so a record that it gave up on cannot overtake a later
 * one.
 */
public final class KafkaCatalogLog implements CatalogLog {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final int PARTITIONS = 1;

    private final KafkaSettings settings;
    private final Duration call;
    private final Admin admin;
    private @Nullable KafkaProducer<byte[], byte[]> producer; // guarded by this
    private boolean closed; // guarded by this
    private volatile boolean topicExists;

    /**
     * Does not connect yet.
     *
     * @param call longest wait for an answer
     */
    public KafkaCatalogLog(KafkaSettings settings, Duration call) {
        this.settings = settings;
        this.call = call;
        this.admin = KafkaTopicAdmin.open(settings, call);
    }

    @Override
    public Result write(CatalogRecord record) throws InterruptedException {
        return send(record.getFacts().getId(), record.toByteArray());
    }

    @Override
    public Result clear(String collectionId) throws InterruptedException {
        return send(collectionId, null);
    }

    private Result send(String key, byte @Nullable [] value) throws InterruptedException {
        if (!topicExists) {
            Result created = createTopic();
            if (!(created instanceof Result.Written)) {
                return created;
            }
            topicExists = true;
        }
        KafkaProducer<byte[], byte[]> sender = producer();
        try {
            sender.send(new ProducerRecord<>(TopicNames.CATALOG, key.getBytes(UTF_8), value)).get();
            return new Result.Written();
        } catch (InterruptException interrupted) {
            throw stopped(interrupted);
        } catch (ExecutionException failed) {
            return failure(sender, KafkaFailures.cause(failed));
        } catch (KafkaException | IllegalStateException failed) {
            return failure(sender, failed);
        }
    }

    private static InterruptedException stopped(InterruptException interrupted) {
        Thread.interrupted(); // Kafka has set it again; whoever catches decides
        InterruptedException stopped = new InterruptedException("sending was interrupted");
        stopped.initCause(interrupted);
        return stopped;
    }

    private Result createTopic() throws InterruptedException {
        try {
            int brokers = KafkaTopicAdmin.get(admin.describeCluster().nodes()).size();
            if (brokers == 0) {
                return new Result.Unavailable("Kafka has no broker at the moment");
            }
            NewTopic topic =
                    new NewTopic(TopicNames.CATALOG, PARTITIONS, TopicSettings.replicas(brokers))
                            .configs(TopicSettings.catalogue(brokers));
            KafkaTopicAdmin.get(admin.createTopics(List.of(topic)).all());
            return new Result.Written();
        } catch (ExecutionException failed) {
            return KafkaFailures.cause(failed) instanceof TopicExistsException
                    ? checkTopic()
                    : failure(KafkaFailures.cause(failed));
        }
    }

    /** Order holds within a partition only, so that a catalogue with more would be none. */
    private Result checkTopic() throws InterruptedException {
        try {
            int partitions =
                    KafkaTopicAdmin.get(
                                    admin.describeTopics(List.of(TopicNames.CATALOG))
                                            .topicNameValues()
                                            .get(TopicNames.CATALOG))
                            .partitions()
                            .size();
            return partitions == PARTITIONS
                    ? new Result.Written()
                    : new Result.Refused(
                            TopicNames.CATALOG + " has " + partitions + " partitions, not one");
        } catch (ExecutionException failed) {
            return failure(KafkaFailures.cause(failed));
        }
    }

    private Result failure(KafkaProducer<byte[], byte[]> sender, Throwable cause) {
        if (cause instanceof UnknownTopicOrPartitionException) {
            topicExists = false;
        }
        if (!(cause instanceof RetriableException)) {
            drop(sender); // some errors leave a producer useless
        }
        return failure(cause);
    }

    private static Result failure(Throwable cause) {
        return KafkaFailures.permanent(cause)
                ? new Result.Refused(KafkaFailures.reason(cause))
                : new Result.Unavailable(KafkaFailures.reason(cause));
    }

    private synchronized KafkaProducer<byte[], byte[]> producer() throws InterruptedException {
        if (closed) {
            throw new InterruptedException("the catalogue is closed");
        }
        KafkaProducer<byte[], byte[]> current = producer;
        if (current == null) {
            current = open();
            producer = current;
        }
        return current;
    }

    private synchronized void drop(KafkaProducer<byte[], byte[]> useless) {
        if (useless.equals(producer)) {
            producer = null;
        }
        useless.close(Duration.ZERO);
    }

    private KafkaProducer<byte[], byte[]> open() {
        Map<String, Object> properties = new HashMap<>(settings.client());
        int callMs = Math.toIntExact(call.toMillis());
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "vectron-placement-catalogue");
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, callMs);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, callMs);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * callMs);
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void close() {
        KafkaProducer<byte[], byte[]> last;
        synchronized (this) {
            closed = true;
            last = producer;
            producer = null;
        }
        if (last != null) {
            last.close(CLOSE_TIMEOUT);
        }
        admin.close(CLOSE_TIMEOUT);
    }
}
