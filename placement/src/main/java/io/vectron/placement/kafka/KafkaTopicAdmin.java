package io.vectron.placement.kafka;

import io.vectron.placement.config.KafkaSettings;
import io.vectron.proto.log.v1.CollectionFacts;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** {@link TopicAdmin} against a real Kafka. */
public final class KafkaTopicAdmin implements TopicAdmin {
    private static final int DEAD_LETTER_PARTITIONS = 1;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final Admin admin;
    private final Map<String, String> topicOverrides;

    /**
     * Does not connect yet.
     *
     * @param call longest wait for an answer
     */
    public KafkaTopicAdmin(KafkaSettings settings, Duration call) {
        this.admin = open(settings, call);
        this.topicOverrides = settings.topicOverrides();
    }

    @Override
    public Result create(CollectionFacts facts) throws InterruptedException {
        int brokers;
        try {
            brokers = get(admin.describeCluster().nodes()).size();
        } catch (ExecutionException failed) {
            return failure(KafkaFailures.cause(failed));
        }
        if (brokers == 0) {
            return new Result.Unavailable("Kafka has no broker at the moment");
        }
        short replicas = TopicSettings.replicas(brokers);
        NewTopic log =
                new NewTopic(facts.getTopic(), facts.getShards(), replicas)
                        .configs(TopicSettings.log(facts.getHistory(), brokers, topicOverrides));
        NewTopic deadLetters =
                new NewTopic(facts.getDeadLetterTopic(), DEAD_LETTER_PARTITIONS, replicas)
                        .configs(TopicSettings.deadLetters(brokers));
        CreateTopicsResult created = admin.createTopics(List.of(log, deadLetters));
        Result first = created(log, created.values().get(log.name()));
        Result second = created(deadLetters, created.values().get(deadLetters.name()));
        return first instanceof Result.Done ? second : first;
    }

    private Result created(NewTopic topic, @Nullable KafkaFuture<Void> creation)
            throws InterruptedException {
        try {
            get(creation);
            return new Result.Done();
        } catch (ExecutionException failed) {
            Throwable cause = KafkaFailures.cause(failed);
            if (cause instanceof TopicExistsException) {
                return existing(topic);
            }
            if (cause instanceof InvalidReplicationFactorException) {
                return tooFewBrokers(topic, cause);
            }
            return failure(cause);
        }
    }

    /** Ours, made before a crash, unless it has other partitions. */
    private Result existing(NewTopic topic) throws InterruptedException {
        return switch (describe(topic.name(), topic.numPartitions())) {
            case Result.Found found -> new Result.Done();
            // The controller knows it, this broker does not yet: it is ours by its name.
            case Result.Absent absent -> new Result.Unavailable(topic.name() + " is not seen yet");
            case Result.Done other -> other;
            case Result.Foreign other -> other;
            case Result.Refused other -> other;
            case Result.Unavailable other -> other;
        };
    }

    /** A broker that was just lost, or is still fenced after its start, is no refusal. */
    private Result tooFewBrokers(NewTopic topic, Throwable cause) throws InterruptedException {
        try {
            int brokers = get(admin.describeCluster().nodes()).size();
            return brokers < topic.replicationFactor()
                    ? new Result.Unavailable(KafkaFailures.reason(cause))
                    : new Result.Refused(KafkaFailures.reason(cause));
        } catch (ExecutionException failed) {
            return failure(KafkaFailures.cause(failed));
        }
    }

    @Override
    public Result identify(CollectionFacts facts) throws InterruptedException {
        return describe(facts.getTopic(), facts.getShards());
    }

    private Result describe(String topic, int partitions) throws InterruptedException {
        TopicDescription description;
        try {
            description = get(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
        } catch (ExecutionException failed) {
            return KafkaFailures.cause(failed) instanceof UnknownTopicOrPartitionException
                    ? new Result.Absent()
                    : failure(KafkaFailures.cause(failed));
        }
        int actual = description.partitions().size();
        return actual == partitions
                ? new Result.Found(description.topicId().toString())
                : new Result.Foreign(
                        topic + " has " + actual + " partitions, ours has " + partitions);
    }

    @Override
    public Result delete(CollectionFacts facts, String topicId) throws InterruptedException {
        if (!topicId.isEmpty()) {
            return delete(TopicCollection.ofTopicIds(List.of(Uuid.fromString(topicId))));
        }
        return switch (identify(facts)) {
            case Result.Found found -> delete(facts, found.topicId());
            // The broker asked may not have heard of it; the controller, which deletes, has.
            case Result.Absent absent ->
                    delete(TopicCollection.ofTopicNames(List.of(facts.getTopic())));
            case Result.Done other -> other;
            case Result.Foreign other -> other;
            case Result.Refused other -> other;
            case Result.Unavailable other -> other;
        };
    }

    @Override
    public Result deleteDeadLetters(String topic) throws InterruptedException {
        return delete(TopicCollection.ofTopicNames(List.of(topic)));
    }

    private Result delete(TopicCollection topics) throws InterruptedException {
        try {
            get(admin.deleteTopics(topics).all());
            return new Result.Done();
        } catch (ExecutionException failed) {
            Throwable cause = KafkaFailures.cause(failed);
            return cause instanceof UnknownTopicOrPartitionException
                            || cause instanceof UnknownTopicIdException
                    ? new Result.Done()
                    : failure(cause);
        }
    }

    @Override
    public void close() {
        admin.close(CLOSE_TIMEOUT);
    }

    /** An admin client whose calls end within {@code call}. */
    static Admin open(KafkaSettings settings, Duration call) {
        Map<String, Object> properties = new HashMap<>(settings.client());
        int callMs = Math.toIntExact(call.toMillis());
        properties.put(AdminClientConfig.CLIENT_ID_CONFIG, "vectron-placement");
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, callMs);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, callMs);
        properties.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return Admin.create(properties);
    }

    /** Waits for an answer; the client's own timeout ends the wait. */
    static <T> T get(@Nullable KafkaFuture<T> future)
            throws InterruptedException, ExecutionException {
        return Objects.requireNonNull(future, "Kafka left an answer out").get();
    }

    private static Result failure(Throwable cause) {
        return KafkaFailures.permanent(cause)
                ? new Result.Refused(KafkaFailures.reason(cause))
                : new Result.Unavailable(KafkaFailures.reason(cause));
    }
}
