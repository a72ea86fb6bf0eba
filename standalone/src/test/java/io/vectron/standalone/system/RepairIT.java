package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.StoredPoint;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.ShardStatus;
import io.vectron.proto.worker.v1.ReplicaStatus;
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
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** What placement mends by itself, with real groups: nobody is asked for anything. */
@SuppressWarnings("NullAway.Init")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RepairIT {
    private static final String NAME = "mended";
    private static final int SHARDS = 2;
    private static final Duration DEAD_AFTER = Duration.ofSeconds(6);

    @TempDir static Path folder;

    private static SeveralWorkers system;
    private static Client client;
    private static int written;

    @BeforeAll
    static void start() throws Exception {
        system = SeveralWorkers.start(folder, 3, DEAD_AFTER);
        client = system.client();
        var _ =
                client.collections()
                        .createCollection(
                                CreateCollectionRequest.newBuilder()
                                        .setName(NAME)
                                        .addVectors(
                                                VectorSpec.newBuilder()
                                                        .setDimension(2)
                                                        .setMetric(Metric.METRIC_EUCLIDEAN))
                                        .setShards(SHARDS)
                                        .setReplicationFactor(3)
                                        .build());
        write(60);
    }

    @AfterAll
    static void stop() throws Exception {
        if (system != null) {
            system.close();
        }
    }

    @Test
    @Order(1)
    void aReplicaWhoseRowsWereChangedIsMadeAnewFromTheOthers() throws Exception {
        awaitMended(0, 1, 2);
        List<Long> before = epochs();
        system.stopWorker(1);
        changeRows(system.folder(1));
        system.startWorker(1);
        Await.until(
                "both of its replicas left their groups and joined again",
                () -> allAbove(epochs(), before));
        write(10);
        awaitMended(0, 1, 2);
    }

    @Test
    @Order(2)
    void aWorkerThatIsSilentForTooLongIsReplaced() throws Exception {
        system.startWorker(3);
        system.stopWorker(2);
        write(10);
        awaitMended(0, 1, 3);
    }

    @Test
    @Order(3)
    void aShardThatLostItsMajorityIsFilledFromTheLog() throws Exception {
        List<String> before = groups(3);
        for (int worker : new int[] {0, 1}) {
            system.stopWorker(worker);
            delete(system.folder(worker));
        }
        for (int worker : new int[] {0, 1}) {
            system.startWorker(worker);
        }
        write(10);
        awaitMended(0, 1, 3);
        assertThat(groups(3)).as("new incarnations").doesNotContainAnyElementsOf(before);
    }

    private static void write(int count) {
        for (int i = 0; i < count; i++) {
            var _ = client.upsert(NAME, "p" + written, Points.point(1, written));
            written++;
        }
    }

    /** Until these workers have each shard, alike, and searches find all that was ever written. */
    private static void awaitMended(int... workers) throws Exception {
        Await.value(
                "equal replicas",
                () -> {
                    Map<Integer, List<String>> states = new HashMap<>();
                    for (int worker : workers) {
                        for (ReplicaStatus replica : system.replicas(worker)) {
                            states.computeIfAbsent(replica.getShard(), shard -> new ArrayList<>())
                                    .add(
                                            replica.getCondition().getConditionCase()
                                                    + " "
                                                    + replica.getPosition()
                                                    + " "
                                                    + replica.getDigest());
                        }
                    }
                    return states;
                },
                states ->
                        states.size() == SHARDS
                                && states.values().stream()
                                        .allMatch(all ->
                                                all.size() == workers.length
                                                        && all.getFirst().startsWith("RUNNING")
                                                        && all.stream().distinct().count() == 1));
        assertThat(client.awaitCaughtUp(NAME).getPoints()).isEqualTo(written);
        Await.until(
                "all is found",
                () -> client.search(NAME, written, List.of(), 1, 1).getResultsCount() == written);
    }

    private static List<Long> epochs() {
        return client.describe(NAME).getShardsList().stream().map(ShardStatus::getEpoch).toList();
    }

    private static boolean allAbove(List<Long> now, List<Long> before) {
        return now.size() == before.size()
                && now.stream().mapToLong(it -> it).min().orElseThrow()
                        > before.stream().mapToLong(it -> it).max().orElseThrow();
    }

    private static List<String> groups(int worker) {
        return system.replicas(worker).stream().map(ReplicaStatus::getGroup).toList();
    }

    /** Changes the vector of one row of each replica, past every checksum of the store. */
    private static void changeRows(Path worker) throws IOException, RocksDBException {
        try (Stream<Path> groups = Files.list(worker.resolve("raft").resolve("raft"))) {
            for (Path group : groups.toList()) {
                changeRow(group.resolve("live"));
            }
        }
    }

    private static void changeRow(Path store) throws IOException, RocksDBException {
        List<ColumnFamilyDescriptor> tables = new ArrayList<>();
        try (Options options = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(options, store.toString())) {
                tables.add(new ColumnFamilyDescriptor(name));
            }
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (DBOptions options = new DBOptions();
                RocksDB db = RocksDB.open(options, store.toString(), tables, handles)) {
            for (ColumnFamilyHandle table : handles) {
                if (new String(table.getName(), UTF_8).equals("points")) {
                    try (RocksIterator rows = db.newIterator(table)) {
                        rows.seekToFirst();
                        assertThat(rows.isValid()).isTrue();
                        StoredPoint row = StoredPoint.parseFrom(rows.value());
                        byte[] point = row.getPoint().toByteArray();
                        point[point.length - 1] ^= 1;
                        StoredPoint.Builder changed =
                                row.toBuilder().setPoint(ByteString.copyFrom(point));
                        db.put(table, rows.key(), changed.build().toByteArray());
                    }
                }
            }
            handles.forEach(ColumnFamilyHandle::close);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
