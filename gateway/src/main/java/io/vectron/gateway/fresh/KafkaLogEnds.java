package io.vectron.gateway.fresh;

import io.vectron.gateway.config.KafkaConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Asks Kafka for last stable offsets, one request a broker. */
public final class KafkaLogEnds implements LogEnds {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final OffsetSpec LATEST = OffsetSpec.latest();

    private final Admin admin;

    /** Connects in the background; Kafka need not be up yet. */
    public KafkaLogEnds(KafkaConfig config) {
        Properties properties = new Properties();
        properties.putAll(config.clientProperties());
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        properties.put(AdminClientConfig.CLIENT_ID_CONFIG, "vectron-gateway-ends");
        this.admin = Admin.create(properties);
    }

    @Override
    public Map<LogPartition, CompletableFuture<Long>> ends(Set<LogPartition> partitions) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (LogPartition partition : partitions) {
            wanted.put(new TopicPartition(partition.topic(), partition.number()), LATEST);
        }
        ListOffsetsOptions options =
                new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)
                        .timeoutMs((int) TIMEOUT.toMillis());
        ListOffsetsResult result = admin.listOffsets(wanted, options);
        Map<LogPartition, CompletableFuture<Long>> answers = new HashMap<>();
        for (LogPartition partition : partitions) {
            answers.put(
                    partition,
                    result.partitionResult(
                                    new TopicPartition(partition.topic(), partition.number()))
                            .toCompletionStage()
                            .thenApply(ListOffsetsResult.ListOffsetsResultInfo::offset)
                            .toCompletableFuture());
        }
        return answers;
    }

    @Override
    public CompletableFuture<Integer> reach() {
        DescribeClusterOptions options =
                new DescribeClusterOptions().timeoutMs((int) TIMEOUT.toMillis());
        return admin.describeCluster(options)
                .nodes()
                .toCompletionStage()
                .thenApply(Collection::size)
                .toCompletableFuture();
    }

    @Override
    public void close() {
        admin.close(CLOSE);
    }
}
