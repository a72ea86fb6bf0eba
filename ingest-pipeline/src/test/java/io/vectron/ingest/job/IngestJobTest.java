package io.vectron.ingest.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.log.Headers;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.lane.LaneLimits;
import io.vectron.ingest.sink.ShardSink;
import io.vectron.ingest.source.FakeKafka;
import io.vectron.ingest.source.LogSource;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionLimits;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.HaltReason;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.placement.v1.PlacedCollection;
import io.vectron.proto.placement.v1.View;
import io.vectron.proto.placement.v1.Worker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole graph in a MiniCluster, between a log in memory and a worker behind a real port. */
@Timeout(120)
class IngestJobTest {
    // Static, because the factories are shipped to the tasks and must find them again.
    private static FakeKafka kafka = new FakeKafka();
    private static MockProducer<byte[], byte[]> letters = newProducer();

    private static final TopicPartition A = new TopicPartition("vectron.a", 0);
    private static final TopicPartition B = new TopicPartition("vectron.b", 0);

    private @TempDir Path folder = Path.of("");
    private @Nullable MiniCluster flink;
    private FakeCluster cluster = newCluster();

    @BeforeEach
    void start() throws Exception {
        kafka = new FakeKafka();
        letters = newProducer();
        cluster.addShard("group-a", "topic-a");
        cluster.addShard("group-b", "topic-b");
        cluster.view(view(1, ready("a"), ready("b")));
        Configuration settings = new Configuration();
        settings.set(RestOptions.BIND_PORT, "0");
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(4));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(16));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(16));
        settings.set(CoreOptions.TMP_DIRS, folder.toString());
        MiniCluster started =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(settings)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(2)
                                .setRpcServiceSharing(RpcServiceSharing.SHARED)
                                .build());
        started.start();
        flink = started;
        started.submitJob(job()).get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        if (flink != null) {
            flink.close();
        }
        cluster.close();
    }

    @Test
    void recordsArriveInOrderAndTheRejectedOnesLeaveALetter() throws Exception {
        for (int i = 0; i < 200; i++) {
            kafka.append(A, key("p" + i), json("[1, " + i + "]"));
        }
        long bad = kafka.append(A, key("p7"), json("[1]"));
        kafka.append(A, null, json("[1, 2]"));
        kafka.append(A, key("p8"), null);
        kafka.marker(A, 1);

        await("a at its end", () -> cluster.position("group-a") == kafka.end(A));

        assertThat(cluster.applied("group-a"))
                .containsExactlyElementsOf(
                        LongStream.range(0, 203).filter(o -> o != 201).boxed().toList());
        assertThat(cluster.versions("group-a")).hasSize(198).doesNotContainKeys("p7", "p8");
        assertThat(letters.history()).hasSize(2);
        ProducerRecord<byte[], byte[]> letter = letters.history().getFirst();
        assertThat(letter.topic()).isEqualTo("vectron.a.dlq");
        assertThat(letter.key()).isEqualTo(key("p7"));
        assertThat(header(letter, Headers.RULE)).isEqualTo("dimension_mismatch");
        assertThat(header(letter, Headers.SOURCE_OFFSET)).isEqualTo(Long.toString(bad));
        assertThat(header(letter, Headers.REPLACED_VERSION)).isEqualTo("7");
    }

    @Test
    void aDeadShardStopsNobodyElseAndMissesNothing() throws Exception {
        kafka.append(A, key("first"), json("[1, 2]"));
        await("a", () -> cluster.position("group-a") == 1);
        cluster.kill("group-a");
        for (int i = 0; i < 3_000; i++) {
            kafka.append(A, key("a" + i % 100), json("[1, " + i + "]"));
        }
        await("a is paused", () -> kafka.paused().contains(A));
        for (int i = 0; i < 3_000; i++) {
            kafka.append(B, key("b" + i % 100), json("[1, " + i + "]"));
        }

        await("b at its end", () -> cluster.position("group-b") == kafka.end(B));
        assertThat(cluster.position("group-a")).isEqualTo(1);

        cluster.revive("group-a");
        await("a at its end", () -> cluster.position("group-a") == kafka.end(A));
        assertThat(cluster.applied("group-a"))
                .containsExactlyElementsOf(LongStream.range(0, 3_001).boxed().toList());
    }

    @Test
    void collectionsComeAndGoWithoutARestart() throws Exception {
        TopicPartition c = new TopicPartition("vectron.c", 0);
        kafka.append(c, key("x"), json("[1, 2]"));
        cluster.addShard("group-c", "topic-c");
        cluster.view(view(2, ready("a"), ready("b"), ready("c")));
        await("c at its end", () -> cluster.position("group-c") == 1);

        cluster.view(view(3, ready("a"), ready("b")));
        await("c is not read any more", () -> !kafka.assigned().contains(c));

        kafka.append(A, key("x"), json("[1, 2]"));
        await("a goes on", () -> cluster.position("group-a") == 1);
    }

    @Test
    void aShardWhoseRecordsAreGoneIsToldSoUntilItStopsAndTheOthersGoOn() throws Exception {
        kafka.append(A, key("first"), json("[1, 2]"));
        await("a", () -> cluster.position("group-a") == 1);
        cluster.kill("group-a");
        kafka.append(A, key("lost"), json("[1, 2]"));
        kafka.append(A, key("later"), json("[1, 2]"));
        kafka.deleteBelow(A, 2);
        cluster.loseTo("group-a", 0);
        cluster.revive("group-a");

        await("a is told", () -> !cluster.halts("group-a").isEmpty());
        kafka.append(B, key("other"), json("[1, 2]"));
        await("b goes on", () -> cluster.position("group-b") == 1);
        await("a is asked on", () -> cluster.askedWhileHalted("group-a") > 3);
        int told = cluster.halts("group-a").size(); // more than once if it was slow to stop
        await("and on", () -> cluster.askedWhileHalted("group-a") > 7);

        assertThat(cluster.halts("group-a"))
                .hasSize(told)
                .allMatch(halt -> halt.getReason() == HaltReason.HALT_REASON_BELOW_START)
                .allMatch(halt -> halt.getPosition() == 0 && halt.getLogStart() == 2);
        assertThat(cluster.position("group-a")).isZero();
        assertThat(kafka.assigned()).doesNotContain(A);
    }

    private JobGraph job() {
        IngestConfig defaults = IngestConfig.of("127.0.0.1:1", "127.0.0.1:" + cluster.port(), 2);
        LaneLimits lane =
                new LaneLimits(
                        128, 100_000, 16, 5, 100_000, 50_000, 300, new LaneLimits.Retry(10, 200));
        IngestConfig config =
                new IngestConfig(
                        defaults.bootstrapServers(),
                        Map.of(),
                        defaults.placement(),
                        lane,
                        1 << 20,
                        new IngestConfig.Pace(
                                Duration.ofMillis(100),
                                Duration.ofHours(1),
                                Duration.ofMillis(100),
                                Duration.ofSeconds(2)),
                        2);
        return new IngestJob(
                        new LogSource(config, clientId -> kafka.consumer(), any -> kafka.survey()),
                        new ShardSink(config, clientId -> letters),
                        2)
                .jobGraph();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for: %s", what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private View view(long version, PlacedCollection... collections) {
        return View.newBuilder()
                .setVersion(version)
                .addAllCollections(List.of(collections))
                .addWorkers(
                        Worker.newBuilder().setId("w").setHost("127.0.0.1").setPort(cluster.port()))
                .build();
    }

    private static PlacedCollection ready(String name) {
        CollectionFacts facts =
                CollectionFacts.newBuilder()
                        .setId("00000000-0000-0000-0000-00000000000" + name)
                        .setName(name)
                        .addVectors(
                                VectorSpec.newBuilder()
                                        .setDimension(2)
                                        .setMetric(Metric.METRIC_EUCLIDEAN))
                        .setShards(1)
                        .setLimits(
                                CollectionLimits.newBuilder()
                                        .setIdBytes(512)
                                        .setPayloadBytes(65_536)
                                        .setPayloadDepth(8)
                                        .setRecordBytes(921_600))
                        .setRulesVersion(1)
                        .setLogNumber(1)
                        .setTopic("vectron." + name)
                        .setDeadLetterTopic("vectron." + name + ".dlq")
                        .build();
        return PlacedCollection.newBuilder()
                .setRecord(
                        CatalogRecord.newBuilder()
                                .setFacts(facts)
                                .setTopicId("topic-" + name)
                                .setState(CollectionState.COLLECTION_STATE_READY)
                                .addGenerations(
                                        Generation.newBuilder()
                                                .setNumber(1)
                                                .setActive(true)
                                                .addShards(
                                                        ShardPlacement.newBuilder()
                                                                .setGroup("group-" + name)
                                                                .addMembers("w"))))
                .build();
    }

    private static String header(ProducerRecord<byte[], byte[]> record, String name) {
        Header header = Objects.requireNonNull(record.headers().lastHeader(name), name);
        return new String(header.value(), UTF_8);
    }

    private static byte[] key(String id) {
        return id.getBytes(UTF_8);
    }

    private static byte[] json(String vector) {
        return ("{\"vector\": " + vector + "}").getBytes(UTF_8);
    }

    private static MockProducer<byte[], byte[]> newProducer() {
        return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static FakeCluster newCluster() {
        try {
            return new FakeCluster();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
