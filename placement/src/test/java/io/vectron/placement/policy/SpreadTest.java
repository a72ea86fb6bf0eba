package io.vectron.placement.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.ShardPlacement;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SpreadTest {
    @Test
    void needsAWorkerThatHasAnAddress() {
        assertThat(Spread.place(Cluster.EMPTY, 1, 10)).isEqualTo(new Spread.Result.NoWorkers());
        Cluster lost = Cluster.EMPTY.with(worker(1).withoutAddress());
        assertThat(Spread.place(lost, 1, 10)).isEqualTo(new Spread.Result.NoWorkers());
    }

    @Test
    void spreadsACollectionOverAllWorkers() {
        assertThat(Spread.place(workers(3), 7, 10))
                .isEqualTo(placed("w-1", "w-2", "w-3", "w-1", "w-2", "w-3", "w-1"));
    }

    @Test
    void spreadsSmallCollectionsToo() {
        Cluster cluster = holding(workers(3), "a", List.of("w-1", "w-1", "w-2"));
        assertThat(Spread.place(cluster, 1, 10)).isEqualTo(placed("w-3"));
        assertThat(Spread.place(cluster, 2, 10)).isEqualTo(placed("w-3", "w-2"));
    }

    @Test
    void fillsWorkersToTheirLimitAndNoFurther() {
        Cluster cluster = holding(workers(2), "a", List.of("w-1", "w-1", "w-1"));
        assertThat(Spread.place(cluster, 5, 4))
                .isEqualTo(placed("w-2", "w-1", "w-2", "w-2", "w-2"));
        assertThat(Spread.place(cluster, 6, 4)).isEqualTo(new Spread.Result.Full(5));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void isEvenAndNeverAboveTheLimit(int seed) {
        Random random = new Random(seed);
        int count = 1 + random.nextInt(8);
        int limit = 1 + random.nextInt(12);
        Cluster cluster = workers(count);
        for (int c = 0; c < 20; c++) {
            int shards = 1 + random.nextInt(6);
            switch (Spread.place(cluster, shards, limit)) {
                case Spread.Result.Placed placed -> {
                    assertThat(placed.workers()).hasSize(shards);
                    cluster = holding(cluster, "c" + c, placed.workers());
                    int[] loads = loads(cluster, count);
                    assertThat(IntStream.of(loads).max().orElseThrow()).isLessThanOrEqualTo(limit);
                    // Collection by collection, and so in all, no worker is far ahead.
                    int free = (int) IntStream.of(loads).filter(load -> load < limit).count();
                    if (free == count) {
                        for (int w = 1; w <= count; w++) {
                            int own = Collections.frequency(placed.workers(), "w-" + w);
                            assertThat(own).isBetween(shards / count, (shards + count - 1) / count);
                        }
                    }
                }
                case Spread.Result.Full full -> {
                    long held = IntStream.of(loads(cluster, count)).sum();
                    assertThat(full.free()).isEqualTo((long) count * limit - held);
                    assertThat(full.free()).isLessThan(shards);
                }
                case Spread.Result.NoWorkers none -> throw new AssertionError("there are some");
            }
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 100);
    }

    private static int[] loads(Cluster cluster, int count) {
        int[] loads = new int[count];
        for (CatalogEntry entry : cluster.collections().values()) {
            for (int w = 0; w < count; w++) {
                loads[w] += entry.replicasOn("w-" + (w + 1));
            }
        }
        return loads;
    }

    private static Spread.Result placed(String... workers) {
        return new Spread.Result.Placed(List.of(workers));
    }

    private static Cluster workers(int count) {
        Cluster cluster = Cluster.EMPTY;
        for (int i = 1; i <= count; i++) {
            cluster = cluster.with(worker(i));
        }
        return cluster;
    }

    private static WorkerNode worker(int number) {
        return new WorkerNode("w-" + number, "localhost", 7000 + number, 8000 + number, "");
    }

    private static Cluster holding(Cluster cluster, String id, List<String> workers) {
        Generation.Builder generation = Generation.newBuilder().setNumber(1);
        for (int shard = 0; shard < workers.size(); shard++) {
            generation.addShards(
                    ShardPlacement.newBuilder().setShard(shard).addMembers(workers.get(shard)));
        }
        CollectionFacts facts =
                CollectionFacts.newBuilder()
                        .setId(id)
                        .setName(id)
                        .setTopic(id)
                        .setDeadLetterTopic(id)
                        .setShards(workers.size())
                        .build();
        return cluster.with(
                new CatalogEntry(
                        CatalogRecord.newBuilder()
                                .setFacts(facts)
                                .setState(CollectionState.COLLECTION_STATE_READY)
                                .addGenerations(generation)
                                .build(),
                        0,
                        1,
                        null));
    }
}
