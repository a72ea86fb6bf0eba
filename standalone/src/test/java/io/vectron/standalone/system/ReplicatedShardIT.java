package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.ShardStatus;
import io.vectron.proto.v1.WriteToken;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Shards of three replicas on three workers, one of which after the other is away or wiped. */
@SuppressWarnings("NullAway.Init")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplicatedShardIT {
    private static final String NAME = "triple";
    private static final int SHARDS = 2;

    /** From the loss of a leader until writes are applied again. */
    private static final Duration FAILOVER = Duration.ofSeconds(8);

    @TempDir static Path folder;

    private static SeveralWorkers system;
    private static Client client;
    private static int written;

    @BeforeAll
    static void start() throws Exception {
        system = SeveralWorkers.start(folder, 3);
        client = system.client();
        var _ = client.collections().createCollection(request(NAME, 3));
    }

    @AfterAll
    static void stop() throws Exception {
        system.close();
    }

    @Test
    @Order(1)
    void everyMemberHasTheSameAndNothingIsCountedThrice() throws Exception {
        write(60);
        Collection described = client.awaitCaughtUp(NAME);
        assertThat(described.getFacts().getReplicationFactor()).isEqualTo(3);
        assertThat(described.getPoints()).isEqualTo(written);
        awaitEqualReplicas(0, 1, 2);
        VectronException refused =
                Client.refused(() -> client.collections().createCollection(request("five", 5)));
        assertThat(refused.code()).isEqualTo(ErrorCode.CAPACITY_EXHAUSTED);
        assertThat(refused.field()).isEqualTo("replication_factor");
    }

    @Test
    @Order(2)
    void searchesGoOnWithoutALeaderAndWritesSoon() throws Exception {
        int away = leaderOf(0);
        system.stopWorker(away);
        long lost = System.nanoTime();
        WriteToken token = write(1);
        SearchResponse found = searched();
        while (Client.watermarks(found).getOrDefault(token.getPartition(), 0L)
                <= token.getOffset()) {
            found = searched();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - lost))
                .as("until writes were applied again")
                .isLessThan(FAILOVER.plusSeconds(12)); // of a machine with others' work on it
        write(20);
        Collection described = client.awaitCaughtUp(NAME);
        assertThat(described.getPoints()).isEqualTo(written);
        system.startWorker(away);
        awaitEqualReplicas(0, 1, 2);
    }

    @Test
    @Order(3)
    void aWorkerThatLostItsDiskIsFilledAgain() throws Exception {
        int wiped = (leaderOf(0) + 1) % 3;
        long epochBefore = client.describe(NAME).getShards(0).getEpoch();
        system.stopWorker(wiped);
        delete(system.folder(wiped));
        system.startWorker(wiped);
        write(10);
        Await.until(
                "it has all shards again",
                () -> {
                    assertThat(searched().getPartial()).isFalse();
                    return system.replicas(wiped).size() == SHARDS;
                });
        awaitEqualReplicas(0, 1, 2);
        Await.until(
                "the epoch is raised",
                () ->
                        client.describe(NAME).getShardsList().stream()
                                .map(ShardStatus::getEpoch)
                                .allMatch(epoch -> epoch > epochBefore));
        write(5);
        assertThat(client.awaitCaughtUp(NAME).getPoints()).isEqualTo(written);
    }

    @Test
    @Order(4)
    void aWorkerForSearchesFollowsWithoutAVote() throws Exception {
        system.startWorker(3, true);
        Await.until(
                "it listens to every shard",
                () ->
                        system.replicas(3).stream()
                                        .filter(it -> it.getRole() == Role.ROLE_LISTENER)
                                        .count()
                                == SHARDS);
        write(5);
        client.awaitCaughtUp(NAME);
        awaitEqualReplicas(0, 1, 2, 3);
        Await.until("all points", () -> client.describe(NAME).getPoints() == written);
        for (int i = 0; i < 8; i++) {
            assertThat(searched().getPartial()).isFalse();
        }
    }

    /** No search may fail or lack a shard, whatever happens. */
    private static SearchResponse searched() {
        SearchResponse found = client.search(NAME, 3, List.of(), 1, 1);
        assertThat(found.getPartial()).isFalse();
        assertThat(found.getShardsAnswered()).isEqualTo(SHARDS);
        return found;
    }

    /** Writes new points; the token of the last. */
    private static WriteToken write(int count) {
        WriteToken last = WriteToken.getDefaultInstance();
        for (int i = 0; i < count; i++) {
            Point point = Points.point(1, written);
            last = client.upsert(NAME, "p" + written, point);
            written++;
        }
        return last;
    }

    private static int leaderOf(int shard) throws Exception {
        String leader = Await.value("a leader", () -> leader(shard), name -> !name.isEmpty());
        return Integer.parseInt(leader.substring(leader.length() - 1)) - 1;
    }

    private static String leader(int shard) {
        for (int worker = 0; worker < 3; worker++) {
            for (ReplicaStatus replica : system.replicas(worker)) {
                if (replica.getShard() == shard && replica.getRole() == Role.ROLE_LEADER) {
                    return SeveralWorkers.nameOf(worker);
                }
            }
        }
        return "";
    }

    /** Until these workers have the same position and digest of each shard. */
    private static void awaitEqualReplicas(int... workers) throws Exception {
        Await.value(
                "equal replicas",
                () -> {
                    Map<Integer, List<String>> states = new HashMap<>();
                    for (int worker : workers) {
                        for (ReplicaStatus replica : system.replicas(worker)) {
                            states.computeIfAbsent(replica.getShard(), shard -> new ArrayList<>())
                                    .add(replica.getPosition() + " " + replica.getDigest());
                        }
                    }
                    return states;
                },
                states ->
                        states.size() == SHARDS
                                && states.values().stream()
                                        .allMatch(all ->
                                                all.size() == workers.length
                                                        && all.stream().distinct().count() == 1));
    }

    private static CreateCollectionRequest request(String name, int factor) {
        return CreateCollectionRequest.newBuilder()
                .setName(name)
                .addVectors(
                        VectorSpec.newBuilder().setDimension(2).setMetric(Metric.METRIC_EUCLIDEAN))
                .setShards(SHARDS)
                .setReplicationFactor(factor)
                .build();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
