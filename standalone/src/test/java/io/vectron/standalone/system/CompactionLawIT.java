package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.rpc.Address;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.WriteToken;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.DigestRequest;
import io.vectron.proto.worker.v1.DigestResponse;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.Member;
import io.vectron.proto.worker.v1.RemoveReplicaRequest;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The state of an id is a function of its last record alone: what a shard has become while all
 * records passed by, and what becomes of a new one that is only shown what Kafka's compaction has
 * left, is the same.
 */
@SuppressWarnings("NullAway.Init")
class CompactionLawIT {
    private static final String COLLECTION = "compacted";
    private static final int SHARDS = 2;
    private static final int IDS = 15; // a history and shard

    /** What a record does to its id. */
    private enum Write {
        GOOD,
        BAD,
        TOMBSTONE
    }

    private static final Map<String, List<Write>> HISTORIES =
            Map.of(
                    "once-", List.of(Write.GOOD),
                    "repaired-", List.of(Write.GOOD, Write.BAD, Write.GOOD),
                    "broken-", List.of(Write.GOOD, Write.BAD),
                    "only-broken-", List.of(Write.BAD),
                    "deleted-", List.of(Write.GOOD, Write.TOMBSTONE),
                    "broken-deleted-", List.of(Write.GOOD, Write.BAD, Write.TOMBSTONE),
                    "returned-", List.of(Write.GOOD, Write.TOMBSTONE, Write.GOOD),
                    "returned-broken-", List.of(Write.GOOD, Write.TOMBSTONE, Write.BAD));

    @TempDir static Path folder;

    private static SystemFixture system;
    private static Client client;
    private static WorkerServiceGrpc.WorkerServiceBlockingStub worker;

    private final Map<String, Write> lastWrites = new HashMap<>();
    private final Map<String, WriteToken> lastTokens = new HashMap<>();
    private final Map<String, Point> points = new HashMap<>();
    private int written;

    @BeforeAll
    static void start() throws Exception {
        system =
                SystemFixture.start(
                        folder.resolve("data"),
                        Map.of("log.cleaner.backoff.ms", "50"),
                        Map.of(
                                "segment.ms", "100",
                                "min.compaction.lag.ms", "0",
                                "min.cleanable.dirty.ratio", "0.01",
                                "delete.retention.ms", "0"));
        client = system.client();
        Address address = new Address(PortLayout.HOST, system.ports().port(Part.WORKER));
        worker = WorkerServiceGrpc.newBlockingStub(client.channels().to(address));
    }

    @AfterAll
    static void stop() throws Exception {
        system.close();
    }

    @Test
    void aReplayAfterCompactionGivesTheSameState() throws Exception {
        Collection created = client.create(COLLECTION, 2, Metric.METRIC_COSINE, SHARDS);
        String topic = created.getFacts().getTopic();
        writeHistories(topic);
        awaitCompaction(topic);
        Collection described = client.awaitCaughtUp(COLLECTION);
        Map<Integer, DigestResponse> live = digests(false);
        assertThat(digests(true)).as("recomputed from the rows").isEqualTo(live);
        live.forEach((shard, digest) ->
                assertThat(digest.getDigest())
                        .as("digest of what was written to shard %s", shard)
                        .isEqualTo(expectedDigest(described, shard)));
        JobHistory job = JobHistory.of(system.ports());

        replaceReplicas(described);
        client.awaitCaughtUp(COLLECTION);

        assertThat(digests(false)).as("digest, buckets, rows and position").isEqualTo(live);
        assertThat(digests(true)).as("recomputed from the rows").isEqualTo(live);
        assertThat(client.get(COLLECTION, idOf("repaired-"))).isNotNull();
        assertThat(client.get(COLLECTION, idOf("broken-"))).isNull();
        assertThat(client.get(COLLECTION, idOf("returned-broken-"))).isNull();
        assertThat(JobHistory.of(system.ports())).as("it rewound by itself").isEqualTo(job);
    }

    /** All first records of all ids, then all second ones, then all third ones. */
    private void writeHistories(String topic) throws Exception {
        for (int round = 0; round < 3; round++) {
            for (Map.Entry<String, List<Write>> history : HISTORIES.entrySet()) {
                if (round < history.getValue().size()) {
                    for (int shard = 0; shard < SHARDS; shard++) {
                        for (String id : Points.idsOf(history.getKey(), shard, SHARDS, IDS)) {
                            write(topic, id, history.getValue().get(round));
                        }
                    }
                }
            }
        }
    }

    private void write(String topic, String id, Write what) throws Exception {
        written++;
        Point point = Points.withText("write " + written, 1, written);
        WriteToken token =
                switch (what) {
                    case GOOD -> system.kafka().send(topic, id, point);
                    case BAD -> system.kafka().send(topic, id, Points.point(0, 0));
                    case TOMBSTONE -> system.kafka().sendTombstone(topic, id);
                };
        lastWrites.put(id, what);
        lastTokens.put(id, token);
        points.put(id, point);
    }

    /**
     * Waits until Kafka has removed every record that another one of its id follows, and every
     * tombstone. It never touches the segment that is being written, so each look is preceded by a
     * record a partition, which begins a new one.
     */
    private void awaitCompaction(String topic) throws Exception {
        Await.value(
                "compaction of " + topic,
                () -> {
                    for (int shard = 0; shard < SHARDS; shard++) {
                        String filler = Points.idsOf("filler-", shard, SHARDS, 1).getFirst();
                        write(topic, filler, Write.GOOD);
                    }
                    return superseded(topic);
                },
                List::isEmpty);
    }

    /** Key and offset of the records that are still to go. */
    private List<String> superseded(String topic) throws Exception {
        List<String> superseded = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : system.kafka().read(topic)) {
            String id = new String(record.key(), UTF_8);
            WriteToken last = lastTokens.get(id);
            boolean isLast = last != null && last.getOffset() == record.offset();
            if (!id.startsWith("filler-") && (!isLast || record.value() == null)) {
                superseded.add(id + "@" + record.offset());
            }
        }
        return superseded;
    }

    private String expectedDigest(Collection described, int shard) {
        Map<String, Long> versions = new HashMap<>();
        lastTokens.forEach((id, token) -> {
            if (token.getPartition() == shard && lastWrites.get(id) == Write.GOOD) {
                versions.put(id, token.getOffset());
            }
        });
        return Points.digest(described.getFacts(), points, versions).total().toString();
    }

    /** Takes both replicas from the worker with all they have, and adds them again, empty. */
    private static void replaceReplicas(Collection described) {
        Map<Integer, ReplicaStatus> replicas = replicas();
        assertThat(replicas).hasSize(SHARDS);
        for (ReplicaStatus replica : replicas.values()) {
            RemoveReplicaRequest request =
                    RemoveReplicaRequest.newBuilder().setGroup(replica.getGroup()).build();
            assertThat(stub().removeReplica(request)).isNotNull();
        }
        assertThat(replicas()).isEmpty();
        Member member =
                Member.newBuilder()
                        .setWorker("worker-1")
                        .setHost(PortLayout.HOST)
                        .setRaftPort(system.ports().port(Part.WORKER_RAFT))
                        .build();
        for (ReplicaStatus replica : replicas.values()) {
            AddReplicaRequest request =
                    AddReplicaRequest.newBuilder()
                            .setGroup(replica.getGroup())
                            .setFacts(described.getFacts())
                            .setTopicId(described.getTopicId())
                            .setShard(replica.getShard())
                            .setGeneration(replica.getGeneration())
                            .setEpoch(replica.getEpoch())
                            .addMembers(member)
                            .build();
            assertThat(stub().addReplica(request)).isNotNull();
        }
    }

    private static Map<Integer, ReplicaStatus> replicas() {
        Map<Integer, ReplicaStatus> replicas = new TreeMap<>();
        stub().listReplicas(ListReplicasRequest.getDefaultInstance())
                .getReplicasList()
                .forEach(replica -> replicas.put(replica.getShard(), replica));
        return replicas;
    }

    private static Map<Integer, DigestResponse> digests(boolean recompute) {
        Map<Integer, DigestResponse> digests = new LinkedHashMap<>();
        replicas()
                .forEach((shard, replica) ->
                        digests.put(
                                shard,
                                stub().digest(
                                                DigestRequest.newBuilder()
                                                        .setGroup(replica.getGroup())
                                                        .setRecompute(recompute)
                                                        .build())));
        return digests;
    }

    private static WorkerServiceGrpc.WorkerServiceBlockingStub stub() {
        return worker.withDeadlineAfter(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    private static String idOf(String history) {
        return Points.idsOf(history, 0, SHARDS, 1).getFirst();
    }
}
