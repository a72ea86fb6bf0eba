package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.History;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.DeleteCollectionRequest;
import io.vectron.proto.v1.RebuildCollectionRequest;
import io.vectron.proto.v1.RebuildOutcome;
import io.vectron.proto.v1.ShardCondition;
import io.vectron.proto.v1.ShardRebuild;
import io.vectron.proto.v1.ShardStatus;
import io.vectron.proto.v1.WriteToken;
import io.vectron.standalone.broker.BrokerConfig;
import io.vectron.standalone.broker.EmbeddedBroker;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real log that is not any more what the shards were made from. All of it happens while Vectron
 * is down: records are deleted before they were applied, applied ones are taken from the broker's
 * files, once with others written in their place, a topic is made anew, and a shard is away for
 * longer than its topic remembers deletions.
 */
@SuppressWarnings("NullAway.Init")
class DivergedLogIT {
    private static final String DELETED = "deleted";
    private static final String CUT = "cut";
    private static final String REWRITTEN = "rewritten";
    private static final String REMADE = "remade";
    private static final String FORGETFUL = "forgetful";
    private static final List<String> HALTED = List.of(DELETED, CUT, REWRITTEN, REMADE);
    private static final int SHARDS = 2;

    /** Shard 0 of the collection whose records are deleted; the other shard has nothing to fear. */
    private static final List<String> IDS = Points.idsOf("here-", 0, SHARDS, 6);

    private static final String ELSEWHERE = Points.idsOf("there-", 1, SHARDS, 1).getFirst();

    @TempDir static Path folder;

    private static EmbeddedBroker broker;
    private static SystemFixture system;
    private static Client client;

    @BeforeAll
    static void letLogsAndShardsPart() throws Exception {
        PortLayout ports = PortLayout.free();
        BrokerConfig config =
                new BrokerConfig(
                        folder.resolve("kafka"),
                        ports.port(Part.KAFKA),
                        ports.port(Part.KAFKA_CONTROLLER),
                        Map.of());
        broker = EmbeddedBroker.start(config);
        system = SystemFixture.on(broker.bootstrapServers(), folder.resolve("data"));
        client = system.client();
        String deleted = create(DELETED, SHARDS, History.HISTORY_FULL);
        String cut = create(CUT, 1, History.HISTORY_COMPACT);
        String rewritten = create(REWRITTEN, 1, History.HISTORY_COMPACT);
        String remade = create(REMADE, 1, History.HISTORY_COMPACT);
        String forgetful = create(FORGETFUL, 1, History.HISTORY_COMPACT);
        for (String collection : List.of(DELETED, CUT, REWRITTEN, REMADE, FORGETFUL)) {
            // One record a batch, so that a batch can be taken from the end of the file.
            client.upsert(collection, IDS.get(0), Points.point(0, 0));
            client.upsert(collection, IDS.get(1), Points.point(1, 0));
            client.upsert(collection, IDS.get(2), Points.point(2, 0));
        }
        client.upsert(DELETED, ELSEWHERE, Points.point(9, 0));
        for (String collection : List.of(DELETED, CUT, REWRITTEN, REMADE, FORGETFUL)) {
            client.awaitCaughtUp(collection);
        }
        system.restart(() -> {
            try (PlainKafka kafka = new PlainKafka(broker.bootstrapServers())) {
                kafka.send(deleted, IDS.get(3), Points.point(3, 0));
                kafka.send(deleted, IDS.get(4), Points.point(4, 0));
                kafka.send(deleted, IDS.get(5), Points.point(5, 0));
                kafka.admin()
                        .deleteRecords(
                                Map.of(
                                        new TopicPartition(deleted, 0),
                                        RecordsToDelete.beforeOffset(4)))
                        .all()
                        .get();
                remake(kafka, remade);
                set(kafka.admin(), forgetful, TopicConfig.DELETE_RETENTION_MS_CONFIG, "1000");
                kafka.sendTombstone(forgetful, IDS.get(2));
            }
            broker.close();
            Path logs = config.folder().resolve("log");
            takeTheLastBatch(logs.resolve(cut + "-0"));
            takeTheLastBatch(logs.resolve(rewritten + "-0"));
            broker = EmbeddedBroker.start(config);
            try (PlainKafka kafka = new PlainKafka(broker.bootstrapServers())) {
                kafka.send(rewritten, IDS.get(3), Points.point(3, 0));
                kafka.send(rewritten, IDS.get(4), Points.point(4, 0));
            }
        });
        client = system.client();
    }

    @AfterAll
    static void stop() throws Exception {
        system.close();
        broker.close();
    }

    @Test
    void shardsStopAndSayWhyAndComeBackAsSomebodyDecides() throws Exception {
        shardsStopAndSayWhy();
        othersGoOn();
        anOutdatedShardIsMadeAnewByItself();
        divergedShardsAreMadeAnewOnDemand();
    }

    private static void shardsStopAndSayWhy() throws Exception {
        assertThat(diverged(DELETED).getProblem())
                .contains("LOG_DIVERGED", "up to position 3", "holds 4 to 6", "were deleted");
        assertThat(diverged(CUT).getProblem())
                .contains("LOG_DIVERGED", "up to position 3", "holds 0 to 2", "was lost");
        assertThat(diverged(REWRITTEN).getProblem())
                .contains(
                        "LOG_DIVERGED", "up to position 3", "ends at 2", "written anew", "0 to 4");
        assertThat(diverged(REMADE).getProblem())
                .contains("LOG_DIVERGED", "up to position 3", "deleted and made anew");
        for (String collection : HALTED) {
            var found = client.search(collection, 3, List.of(), 0, 0);
            assertThat(Client.ids(found)).as(collection).isEqualTo(IDS.subList(0, 3));
            assertThat(found.getPartial()).isFalse();
        }
        Await.until(
                "the worker's metrics tell",
                () ->
                        page(Part.WORKER_MANAGEMENT, "/metrics")
                                .contains(
                                        "vectron_worker_replicas_by_condition"
                                                + "{condition=\"log_diverged\"} 4.0"));
        assertThat(page(Part.GATEWAY_REST, "/v1/collections/" + CUT))
                .contains("\"condition\":\"log_diverged\"", "holds 0 to 2");
    }

    private static void othersGoOn() throws Exception {
        JobHistory job = JobHistory.of(system.ports());
        try (FlinkMetrics flink = new FlinkMetrics(system.ports())) {
            WriteToken token = client.upsert(DELETED, ELSEWHERE, Points.point(8, 0));
            assertThat(client.get(DELETED, ELSEWHERE, token)).isNotNull();
            // Kafka takes it, and it waits there for somebody's decision.
            client.upsert(CUT, IDS.get(5), Points.point(5, 0));
            String stopped = flink.named(stopped(CUT));
            Await.value("the lane's metric", () -> flink.value(stopped), "1"::equals);
        }
        assertThat(diverged(CUT).getPosition()).isEqualTo(3);
        assertThat(JobHistory.of(system.ports())).isEqualTo(job);
    }

    private static String stopped(String collection) {
        return "vectron.collection." + collection + ".shard.0.generation.1.stopped";
    }

    private static void anOutdatedShardIsMadeAnewByItself() throws Exception {
        ShardStatus anew =
                Await.value(
                        "the outdated shard is made anew",
                        () -> client.describe(FORGETFUL).getShards(0),
                        shard ->
                                shard.getPosition() == 4
                                        && shard.getCondition()
                                                == ShardCondition.SHARD_CONDITION_RUNNING);
        assertThat(anew.getPoints()).isEqualTo(2);
        assertThat(Client.ids(client.search(FORGETFUL, 9, List.of(), 0, 0)))
                .isEqualTo(IDS.subList(0, 2));
    }

    private static void divergedShardsAreMadeAnewOnDemand() throws Exception {
        assertThat(outcome(DELETED, 1)).isEqualTo(RebuildOutcome.REBUILD_OUTCOME_NOT_NEEDED);
        for (String collection : List.of(DELETED, CUT, REWRITTEN)) {
            // Placement hears of it with the next heartbeat.
            Await.value(
                    "making " + collection + " anew",
                    () -> outcome(collection, 0),
                    RebuildOutcome.REBUILD_OUTCOME_STARTED::equals);
            assertThat(outcome(collection, 0))
                    .isIn(
                            RebuildOutcome.REBUILD_OUTCOME_UNDER_WAY,
                            RebuildOutcome.REBUILD_OUTCOME_NOT_NEEDED);
        }
        awaitOnly(DELETED, List.of(IDS.get(4), IDS.get(5), ELSEWHERE));
        awaitOnly(CUT, List.of(IDS.get(0), IDS.get(1), IDS.get(5)));
        awaitOnly(REWRITTEN, List.of(IDS.get(0), IDS.get(1), IDS.get(3), IDS.get(4)));
        for (String collection : List.of(DELETED, CUT, REWRITTEN)) {
            WriteToken token = client.upsert(collection, IDS.get(0), Points.point(7, 0));
            assertThat(client.get(collection, IDS.get(0), token)).as(collection).isNotNull();
        }
        try (FlinkMetrics flink = new FlinkMetrics(system.ports())) {
            String stopped = flink.named(stopped(CUT));
            Await.value("the lane's metric", () -> flink.value(stopped), "0"::equals);
        }
        Await.value(
                "of another topic nothing can be made",
                () -> outcome(REMADE, 0),
                RebuildOutcome.REBUILD_OUTCOME_OTHER_TOPIC::equals);
        client.collections()
                .deleteCollection(DeleteCollectionRequest.newBuilder().setName(REMADE).build());
        create(REMADE, 1, History.HISTORY_COMPACT);
        WriteToken token = client.upsert(REMADE, IDS.get(0), Points.point(7, 0));
        assertThat(client.get(REMADE, IDS.get(0), token)).isNotNull();
    }

    private static void awaitOnly(String collection, List<String> ids) throws Exception {
        Await.value(
                collection + " is filled from what its log holds",
                () -> Client.ids(client.search(collection, 9, List.of(), 0, 0)),
                found -> found.size() == ids.size() && found.containsAll(ids));
        Await.value(
                collection + " runs",
                () -> client.describe(collection).getShards(0).getCondition(),
                ShardCondition.SHARD_CONDITION_RUNNING::equals);
    }

    private static ShardStatus diverged(String collection) throws Exception {
        return Await.value(
                "shard 0 of " + collection + " stops",
                () -> client.describe(collection).getShards(0),
                shard -> shard.getCondition() == ShardCondition.SHARD_CONDITION_LOG_DIVERGED);
    }

    private static RebuildOutcome outcome(String collection, int shard) {
        List<ShardRebuild> told =
                client.collections()
                        .rebuildCollection(
                                RebuildCollectionRequest.newBuilder()
                                        .setName(collection)
                                        .addShards(shard)
                                        .build())
                        .getShardsList();
        assertThat(told).singleElement().extracting(ShardRebuild::getShard).isEqualTo(shard);
        return told.getFirst().getOutcome();
    }

    private static String create(String name, int shards, History history) {
        return client.collections()
                .createCollection(
                        CreateCollectionRequest.newBuilder()
                                .setName(name)
                                .addVectors(
                                        VectorSpec.newBuilder()
                                                .setDimension(2)
                                                .setMetric(Metric.METRIC_EUCLIDEAN))
                                .setShards(shards)
                                .setHistory(history)
                                .build())
                .getCollection()
                .getFacts()
                .getTopic();
    }

    private static void remake(PlainKafka kafka, String topic) throws Exception {
        kafka.admin().deleteTopics(List.of(topic)).all().get();
        Await.until(
                topic + " is gone",
                () -> !kafka.admin().listTopics().names().get().contains(topic));
        kafka.admin().createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        for (String id : IDS) {
            kafka.send(topic, id, Points.point(6, 6)); // more than the shard has applied
        }
    }

    private static void set(Admin admin, String topic, String name, String value) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        AlterConfigOp change =
                new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
    }

    /** As if the disk had never had it. */
    private static void takeTheLastBatch(Path partition) throws IOException {
        try (FileChannel segment =
                FileChannel.open(
                        partition.resolve("00000000000000000000.log"),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) segment.size());
            while (bytes.hasRemaining() && segment.read(bytes) > 0) {}
            List<Integer> batches = new ArrayList<>();
            int at = 0;
            while (at + 12 <= bytes.limit() && bytes.getInt(at + 8) > 0) {
                batches.add(at);
                at += 12 + bytes.getInt(at + 8); // base offset, length of what follows
            }
            assertThat(batches).as("batches of " + partition).hasSize(3);
            segment.truncate(batches.getLast());
        }
    }

    private static String page(Part part, String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://"
                                                            + system.ports().address(part)
                                                            + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return answer.body();
        }
    }
}
