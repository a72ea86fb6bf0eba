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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SpreadTest {
    @Test
    void needsAWorkerThatHasAnAddress() {
        assertThat(place(Cluster.EMPTY, 1, 10)).isEqualTo(new Spread.Result.NoWorkers());
        Cluster lost = Cluster.EMPTY.with(worker(1).withoutAddress());
        assertThat(place(lost, 1, 10)).isEqualTo(new Spread.Result.NoWorkers());
    }

    @Test
    void spreadsACollectionOverAllWorkers() {
        assertThat(place(workers(3), 7, 10))
                .isEqualTo(placed("w-1", "w-2", "w-3", "w-1", "w-2", "w-3", "w-1"));
    }

    @Test
    void spreadsSmallCollectionsToo() {
        Cluster cluster = holding(workers(3), "a", List.of("w-1", "w-1", "w-2"));
        assertThat(place(cluster, 1, 10)).isEqualTo(placed("w-3"));
        assertThat(place(cluster, 2, 10)).isEqualTo(placed("w-3", "w-2"));
    }

    @Test
    void fillsWorkersToTheirLimitAndNoFurther() {
        Cluster cluster = holding(workers(2), "a", List.of("w-1", "w-1", "w-1"));
        assertThat(place(cluster, 5, 4)).isEqualTo(placed("w-2", "w-1", "w-2", "w-2", "w-2"));
        assertThat(place(cluster, 6, 4)).isEqualTo(new Spread.Result.Full(5));
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
            switch (place(cluster, shards, limit)) {
                case Spread.Result.Placed placed -> {
                    assertThat(placed.workers()).hasSize(shards);
                    cluster = holding(cluster, "c" + c, firsts(placed));
                    int[] loads = loads(cluster, count);
                    assertThat(IntStream.of(loads).max().orElseThrow()).isLessThanOrEqualTo(limit);
                    // Collection by collection, and so in all, no worker is far ahead.
                    int free = (int) IntStream.of(loads).filter(load -> load < limit).count();
                    if (free == count) {
                        for (int w = 1; w <= count; w++) {
                            int own = Collections.frequency(firsts(placed), "w-" + w);
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
                case Spread.Result.TooFew few -> throw new AssertionError("one is enough");
            }
        }
    }

    @Test
    void putsTheCopiesOfAShardOnDifferentWorkers() {
        assertThat(place(workers(3), 2, 3, 10))
                .isEqualTo(
                        new Spread.Result.Placed(
                                List.of(
                                        List.of("w-1", "w-2", "w-3"),
                                        List.of("w-1", "w-2", "w-3"))));
        assertThat(place(workers(2), 1, 3, 10)).isEqualTo(new Spread.Result.TooFew(2));
        Cluster cluster = workers(3).with(worker(3).withoutAddress());
        assertThat(place(cluster, 1, 3, 10)).isEqualTo(new Spread.Result.TooFew(2));
    }

    @Test
    void givesNothingToWorkersThatAreNotWilling() {
        Spread.Demand demand = new Spread.Demand(1, 1, 10, worker -> !worker.id().equals("w-1"));
        assertThat(Spread.place(workers(2), demand)).isEqualTo(placed("w-2"));
    }

    @Test
    void prefersWorkersInDifferentZones() {
        Cluster cluster =
                Cluster.EMPTY
                        .with(inZone(1, "a"))
                        .with(inZone(2, "a"))
                        .with(inZone(3, "a"))
                        .with(inZone(4, "b"))
                        .with(inZone(5, "c"));
        assertThat(place(cluster, 2, 3, 10))
                .isEqualTo(
                        new Spread.Result.Placed(
                                List.of(
                                        List.of("w-1", "w-4", "w-5"),
                                        List.of("w-2", "w-4", "w-5"))));
    }

    /** Zones and evenness are given up before room is. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void placesWhateverCanBePlaced(int seed) {
        Random random = new Random(seed);
        int limit = 1 + random.nextInt(5);
        int count = 3 + random.nextInt(4);
        Cluster cluster = Cluster.EMPTY;
        List<String> held = new ArrayList<>();
        int[] free = new int[count];
        for (int w = 0; w < count; w++) {
            cluster = cluster.with(inZone(w + 1, "zone-" + random.nextInt(3)));
            free[w] = random.nextInt(limit + 1);
            held.addAll(Collections.nCopies(limit - free[w], "w-" + (w + 1)));
        }
        cluster = held.isEmpty() ? cluster : holding(cluster, "a", held);
        int shards = 1 + random.nextInt(4);
        int fits = IntStream.of(free).map(room -> Math.min(room, shards)).sum();
        switch (place(cluster, shards, 3, limit)) {
            case Spread.Result.Placed placed -> {
                assertThat(fits).isGreaterThanOrEqualTo(3 * shards);
                assertThat(placed.workers()).hasSize(shards);
                for (List<String> members : placed.workers()) {
                    assertThat(members).hasSize(3).doesNotHaveDuplicates();
                    members.forEach(member -> free[Integer.parseInt(member.substring(2)) - 1]--);
                }
                assertThat(free).doesNotContain(-1);
            }
            case Spread.Result.Full full -> {
                assertThat(fits).isLessThan(3 * shards);
                assertThat(full.free()).isEqualTo(IntStream.of(free).sum());
            }
            case Spread.Result.TooFew few -> throw new AssertionError("there are " + count);
            case Spread.Result.NoWorkers none -> throw new AssertionError("there are some");
        }
    }

    @Test
    void findsAnotherWorkerForAShard() {
        Cluster cluster =
                Cluster.EMPTY.with(inZone(1, "a")).with(inZone(2, "a")).with(inZone(3, "b"));
        Spread.Demand demand = new Spread.Demand(1, 1, 2, worker -> true);
        assertThat(Spread.another(cluster, List.of("a"), worker -> false, demand)).isEqualTo("w-3");
        assertThat(
                        Spread.another(
                                cluster, List.of("a"), worker -> worker.id().equals("w-3"), demand))
                .isEqualTo("w-1");
        Cluster full = holding(cluster, "a", List.of("w-1", "w-1", "w-2", "w-2", "w-3", "w-3"));
        assertThat(Spread.another(full, List.of(), worker -> false, demand)).isNull();
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
        return new Spread.Result.Placed(Stream.of(workers).map(List::of).toList());
    }

    private static List<String> firsts(Spread.Result.Placed placed) {
        return placed.workers().stream().map(List::getFirst).toList();
    }

    private static Spread.Result place(Cluster cluster, int shards, int replicasPerWorker) {
        return place(cluster, shards, 1, replicasPerWorker);
    }

    private static Spread.Result place(Cluster cluster, int shards, int copies, int perWorker) {
        return Spread.place(cluster, new Spread.Demand(shards, copies, perWorker, worker -> true));
    }

    private static Cluster workers(int count) {
        Cluster cluster = Cluster.EMPTY;
        for (int i = 1; i <= count; i++) {
            cluster = cluster.with(worker(i));
        }
        return cluster;
    }

    private static WorkerNode inZone(int number, String zone) {
        return new WorkerNode("w-" + number, "localhost", 7000 + number, 8000 + number, zone);
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
