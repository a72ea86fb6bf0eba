package io.vectron.ingest.source;

import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.config.KafkaSettings;
import io.vectron.ingest.feed.ShardFeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Looks by way of Kafka's admin client: four requests, however many shards there are. */
final class KafkaLogSurvey implements LogSurvey {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final IngestConfig config;
    private @Nullable Admin admin; // guarded by this
    private boolean closed; // guarded by this

    KafkaLogSurvey(IngestConfig config) {
        this.config = config;
    }

    @Override
    public CompletableFuture<Map<String, LogLook>> look(Collection<ShardFeed> feeds) {
        Admin client = feeds.isEmpty() ? null : admin();
        if (client == null) {
            return CompletableFuture.completedFuture(Map.of());
        }
        List<String> topics = feeds.stream().map(ShardFeed::topic).distinct().toList();
        List<TopicPartition> partitions =
                feeds.stream().map(KafkaLogSurvey::partition).distinct().toList();
        Found found = new Found();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        client.describeTopics(topics)
                .topicNameValues()
                .forEach((topic, answer) ->
                        answers.add(
                                keep(answer, it -> found.ids.put(topic, it.topicId().toString()))));
        client.describeConfigs(topics.stream().map(KafkaLogSurvey::resource).toList())
                .values()
                .forEach((resource, answer) ->
                        answers.add(
                                keep(
                                        answer,
                                        it ->
                                                found.remembered.put(
                                                        resource.name(), rememberedMs(it)))));
        answers.addAll(offsets(client, partitions, OffsetSpec.earliest(), found.starts));
        answers.addAll(offsets(client, partitions, OffsetSpec.latest(), found.ends));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> found.of(feeds));
    }

    @Override
    public void close() {
        Admin open;
        synchronized (this) {
            closed = true;
            open = admin;
            admin = null;
        }
        if (open != null) {
            open.close(CLOSE_TIMEOUT);
        }
    }

    /** What the answers told; they come on the client's thread. */
    private static final class Found {
        final Map<String, String> ids = new ConcurrentHashMap<>();
        final Map<String, Long> remembered = new ConcurrentHashMap<>();
        final Map<TopicPartition, Long> starts = new ConcurrentHashMap<>();
        final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();

        Map<String, LogLook> of(Collection<ShardFeed> feeds) {
            Map<String, LogLook> looks = new HashMap<>();
            for (ShardFeed feed : feeds) {
                String id = ids.get(feed.topic());
                Long rememberedMs = remembered.get(feed.topic());
                Long start = starts.get(partition(feed));
                Long end = ends.get(partition(feed));
                if (id != null && rememberedMs != null && start != null && end != null) {
                    looks.put(feed.group(), new LogLook(id, start, end, rememberedMs));
                }
            }
            return looks;
        }
    }

    private static List<CompletableFuture<?>> offsets(
            Admin client,
            List<TopicPartition> partitions,
            OffsetSpec which,
            Map<TopicPartition, Long> found) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, which));
        ListOffsetsResult result =
                client.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            answers.add(
                    keep(
                            result.partitionResult(partition),
                            it -> found.put(partition, it.offset())));
        }
        return answers;
    }

    /** What is not there is not found; any other failure is the survey's. */
    private static <T> CompletableFuture<?> keep(KafkaFuture<T> answer, Consumer<T> found) {
        return answer.toCompletionStage()
                .toCompletableFuture()
                .handle((value, failure) -> {
                    if (failure == null) {
                        found.accept(value);
                        return value;
                    }
                    Throwable cause =
                            failure instanceof CompletionException wrapped
                                            && wrapped.getCause() != null
                                    ? wrapped.getCause()
                                    : failure;
                    if (cause instanceof UnknownTopicOrPartitionException
                            || cause instanceof UnknownTopicIdException
                            || cause instanceof InvalidTopicException) {
                        return cause;
                    }
                    throw new CompletionException(cause);
                });
    }

    private static long rememberedMs(Config topic) {
        String policies = value(topic, TopicConfig.CLEANUP_POLICY_CONFIG);
        boolean compacted =
                Arrays.stream(policies.split(",", -1))
                        .anyMatch(it -> it.strip().equals(TopicConfig.CLEANUP_POLICY_COMPACT));
        return compacted
                // A topic that forgets at once remembers for no time, which is not for ever.
                ? Math.max(1, Long.parseLong(value(topic, TopicConfig.DELETE_RETENTION_MS_CONFIG)))
                : LogLook.FOR_EVER;
    }

    private static String value(Config topic, String name) {
        ConfigEntry entry = topic.get(name);
        if (entry == null || entry.value() == null) {
            throw new IllegalStateException("Kafka does not tell " + name);
        }
        return entry.value();
    }

    private static TopicPartition partition(ShardFeed feed) {
        return new TopicPartition(feed.topic(), feed.partition());
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    /** The client, made at first use; null once this is closed. */
    private synchronized @Nullable Admin admin() {
        if (admin == null && !closed) {
            admin = Admin.create(KafkaSettings.admin(config, "vectron-ingest-survey"));
        }
        return admin;
    }
}
