package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.vectron.distribution.Writer.Written;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.AtLeast;
import io.vectron.proto.v1.CollectionServiceGrpc;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.PointServiceGrpc;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.WriteToken;
import io.vectron.proto.worker.v1.DigestRequest;
import io.vectron.proto.worker.v1.DigestResponse;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process is killed with SIGKILL again and again while a plain producer writes. Afterwards
 * the topic is the truth: nothing that was acknowledged is missing from it, and the index holds
 * exactly what it says.
 */
class KillIT {
    private static final int KILLS = 3;
    private static final int SHARDS = 2;
    private static final Duration READY = Duration.ofMinutes(3);
    private static final String COLLECTION = "killed";

    private final SplittableRandom random =
            new SplittableRandom(Long.getLong("vectron.kill.seed", 20_261));
    private final List<Written> acknowledged = new ArrayList<>();

    @TempDir Path folder;

    @Test
    void theIndexIsWhatTheLogSaysAfterManyKills() throws Exception {
        String topic = "";
        for (int kill = 0; kill < KILLS; kill++) {
            try (Launcher up = up()) {
                JsonNode addresses = up.event("ready", READY).path("addresses");
                topic = topic.isEmpty() ? create(addresses) : topic;
                try (Writer writer =
                        new Writer(addresses.path("kafka").asText(), topic, random.nextLong())) {
                    int enough = 500 + random.nextInt(3_000);
                    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                    while (writer.acknowledged().size() < enough) {
                        assertThat(System.nanoTime()).as("writes go on").isLessThan(deadline);
                        LockSupport.parkNanos(1_000_000);
                    }
                    up.kill();
                    acknowledged.addAll(writer.acknowledged());
                }
            }
        }
        try (Launcher up = up()) {
            JsonNode addresses = up.event("ready", READY).path("addresses");
            List<List<ConsumerRecord<String, String>>> log = read(addresses, topic);
            nothingAcknowledgedIsMissing(log);
            theIndexIsTheLog(addresses, topic, log);
            digestsAreThoseOfTheRows(addresses);
        }
    }

    private Launcher up() throws Exception {
        return Launcher.start(
                folder, Map.of(), "up", "--json", "--data", "data", "--port-base", "0");
    }

    private static ManagedChannel channel(JsonNode addresses, String part) {
        return Grpc.newChannelBuilder(
                        addresses.path(part).asText(), InsecureChannelCredentials.create())
                .build();
    }

    private static String create(JsonNode addresses) {
        ManagedChannel gateway = channel(addresses, "gateway");
        try {
            var vector = VectorSpec.newBuilder().setDimension(4).setMetric(Metric.METRIC_EUCLIDEAN);
            return CollectionServiceGrpc.newBlockingStub(gateway)
                    .withDeadlineAfter(60, TimeUnit.SECONDS)
                    .createCollection(
                            CreateCollectionRequest.newBuilder()
                                    .setName(COLLECTION)
                                    .addVectors(vector)
                                    .setShards(SHARDS)
                                    .build())
                    .getCollection()
                    .getFacts()
                    .getTopic();
        } finally {
            gateway.shutdownNow();
        }
    }

    /** Every record of the topic, by partition and offset. */
    private static List<List<ConsumerRecord<String, String>>> read(
            JsonNode addresses, String topic) {
        List<List<ConsumerRecord<String, String>>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", addresses.path("kafka").asText()),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int shard = 0; shard < SHARDS; shard++) {
                partitions.add(new TopicPartition(topic, shard));
                records.add(new ArrayList<>());
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    records.get(record.partition()).add(record);
                }
            }
        }
        return records;
    }

    private void nothingAcknowledgedIsMissing(List<List<ConsumerRecord<String, String>>> log) {
        assertThat(acknowledged).hasSizeGreaterThan(KILLS * 500);
        for (Written written : acknowledged) {
            var record = log.get(written.partition()).get((int) written.offset());
            assertThat(record.offset()).isEqualTo(written.offset());
            assertThat(record.key()).isEqualTo(written.id());
            assertThat(record.value()).isEqualTo(written.value());
        }
    }

    private static void theIndexIsTheLog(
            JsonNode addresses, String topic, List<List<ConsumerRecord<String, String>>> log) {
        Map<String, Long> expected = new TreeMap<>();
        AtLeast.Builder all = AtLeast.newBuilder();
        for (int partition = 0; partition < SHARDS; partition++) {
            for (var record : log.get(partition)) {
                if (record.value() == null) {
                    expected.remove(record.key());
                } else {
                    expected.put(record.key(), record.offset());
                }
            }
            all.addTokens(
                    WriteToken.newBuilder()
                            .setTopic(topic)
                            .setPartition(partition)
                            .setOffset(log.get(partition).getLast().offset()));
        }
        ManagedChannel gateway = channel(addresses, "gateway");
        try {
            List<StoredPoint> points =
                    PointServiceGrpc.newBlockingStub(gateway)
                            .withDeadlineAfter(60, TimeUnit.SECONDS)
                            .get(
                                    GetRequest.newBuilder()
                                            .setCollection(COLLECTION)
                                            .addAllIds(Writer.ids())
                                            .setReadMode(ReadMode.newBuilder().setAtLeast(all))
                                            .build())
                            .getPointsList();
            Map<String, Long> found = new TreeMap<>();
            points.forEach(point -> found.put(point.getId(), point.getVersion()));
            assertThat(found).isEqualTo(expected);
        } finally {
            gateway.shutdownNow();
        }
    }

    private static void digestsAreThoseOfTheRows(JsonNode addresses) {
        ManagedChannel channel = channel(addresses, "worker");
        try {
            var worker =
                    WorkerServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(60, TimeUnit.SECONDS);
            List<ReplicaStatus> replicas =
                    worker.listReplicas(ListReplicasRequest.getDefaultInstance()).getReplicasList();
            assertThat(replicas).hasSize(SHARDS);
            for (ReplicaStatus replica : replicas) {
                var ask = DigestRequest.newBuilder().setGroup(replica.getGroup());
                DigestResponse maintained = worker.digest(ask.build());
                DigestResponse recomputed = worker.digest(ask.setRecompute(true).build());
                assertThat(replica.getProblem()).isEmpty();
                assertThat(recomputed.getDigest()).isEqualTo(maintained.getDigest());
                assertThat(recomputed.getBuckets()).isEqualTo(maintained.getBuckets());
            }
        } finally {
            channel.shutdownNow();
        }
    }
}
