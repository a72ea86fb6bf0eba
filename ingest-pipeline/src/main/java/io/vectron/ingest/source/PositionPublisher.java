package io.vectron.ingest.source;

import io.vectron.common.log.TopicNames;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.config.KafkaSettings;
import io.vectron.ingest.feed.ShardFeed;
import io.vectron.ingest.route.ShardView;
import io.vectron.ingest.route.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes applied positions as offsets of consumer group {@code vectron.<collection>}, so that
 * Kafka's own tools show the true lag. Nobody reads them back. Best effort: what fails is logged
 * and comes right with the next round. {@link #publish} and {@link #forget} are the coordinator
 * thread's.
 */
final class PositionPublisher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PositionPublisher.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final IngestConfig config;
    private final Workers workers;
    private final AtomicBoolean running = new AtomicBoolean(); // one round at a time
    private @Nullable Admin admin; // guarded by this
    private boolean closed; // guarded by this

    PositionPublisher(IngestConfig config, Workers workers) {
        this.config = config;
        this.workers = workers;
    }

    /** Asks all shards for their positions and publishes what they say, unless it still does. */
    void publish(List<ShardView> shards) {
        Admin client = shards.isEmpty() ? null : admin();
        if (client == null || !running.compareAndSet(false, true)) {
            return;
        }
        Map<String, Map<TopicPartition, OffsetAndMetadata>> groups = new ConcurrentHashMap<>();
        List<CompletableFuture<?>> questions = new ArrayList<>();
        for (ShardView shard : shards) {
            ShardFeed feed = shard.feed();
            questions.add(
                    workers.position(feed.group())
                            .thenAccept(answer -> {
                                if (!answer.hasApplied()) {
                                    return;
                                }
                                long position = answer.getApplied().getPosition();
                                groups.computeIfAbsent(
                                                groupOf(feed), g -> new ConcurrentHashMap<>())
                                        .put(partitionOf(feed), new OffsetAndMetadata(position));
                            })
                            // A silent shard keeps its last published position.
                            .exceptionally(failure -> null));
        }
        var unused =
                CompletableFuture.allOf(questions.toArray(CompletableFuture[]::new))
                        .whenComplete((done, failure) -> alter(client, groups))
                        .whenComplete((done, failure) -> running.set(false));
    }

    /** No collection has this name any more. */
    void forget(String collection) {
        String group = TopicNames.consumerGroup(collection);
        Admin client = admin();
        if (client == null) {
            return;
        }
        var unused =
                client.deleteConsumerGroups(List.of(group))
                        .all()
                        .whenComplete((done, failure) -> {
                            if (failure != null) {
                                log.info("consumer group {} stays: {}", group, failure.toString());
                            }
                        });
    }

    @Override
    public void close() {
        Admin open;
        synchronized (this) {
            // Flink closes an enumerator on another thread than the coordinator's.
            closed = true;
            open = admin;
            admin = null;
        }
        if (open != null) {
            open.close(CLOSE_TIMEOUT);
        }
    }

    private static void alter(
            Admin client, Map<String, Map<TopicPartition, OffsetAndMetadata>> groups) {
        groups.forEach((group, offsets) -> {
            var unused =
                    client.alterConsumerGroupOffsets(group, new HashMap<>(offsets))
                            .all()
                            .whenComplete((done, failure) -> altered(group, failure));
        });
    }

    private static void altered(String group, @Nullable Throwable failure) {
        if (failure != null) {
            log.info("positions of {} are not published: {}", group, failure.toString());
        }
    }

    private static String groupOf(ShardFeed feed) {
        return TopicNames.consumerGroup(feed.facts().getName());
    }

    private static TopicPartition partitionOf(ShardFeed feed) {
        return new TopicPartition(feed.topic(), feed.partition());
    }

    /** The client, made at first use; null once this is closed. */
    private synchronized @Nullable Admin admin() {
        if (admin == null && !closed) {
            admin = Admin.create(KafkaSettings.admin(config, "vectron-ingest-positions"));
        }
        return admin;
    }
}
