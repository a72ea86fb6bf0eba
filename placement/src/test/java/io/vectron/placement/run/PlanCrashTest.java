package io.vectron.placement.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.collection.CollectionRules;
import io.vectron.common.log.GroupIds;
import io.vectron.common.rpc.Address;
import io.vectron.placement.config.PlanSettings;
import io.vectron.placement.fake.FakeKafka;
import io.vectron.placement.fake.FakeWorkers;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.Failure;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.plan.Plans;
import io.vectron.placement.state.ReplicatedCatalog;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.History;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.PlacementEntry;
import io.vectron.proto.log.v1.RecordCollection;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.replication.ProposeResult;
import io.vectron.replication.RaftPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills the node at every point of every plan: before and after each thing it does outside, between
 * that and its record, and between the record and its answer. What it had in memory is gone; the
 * log, Kafka and the workers stay. In the end all must be as if nothing had happened.
 */
final class PlanCrashTest {
    private static final int SHARDS = 3;
    private static final int STEPS = 10_000;
    private static final long NOW_MS = 1_800_000_000_000L;
    private static final UUID ID = new UUID(7, 11);
    private static final WorkerNode WORKER = new WorkerNode("w-1", "127.0.0.1", 7100, 7150, "");
    private static final Failure NO_ROOM = new Failure("CAPACITY_EXHAUSTED", "", "no room");

    @TempDir Path folder;

    /** What is carried out, and what the world must look like afterwards. */
    enum Scenario {
        CREATE,
        DELETE,
        DELETE_WHILE_CREATING,
        KAFKA_REFUSES,
        WORKER_REFUSES
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void survivesAKillAtEveryPoint(Scenario scenario) throws Exception {
        int points = new World(scenario, 0, () -> false).carryOut();
        assertThat(points).isGreaterThan(20);
        for (int kill = 0; kill < points; kill++) {
            World world = new World(scenario, kill, at(kill));
            world.carryOut();
            assertThat(world.kills).as("%s killed at point %d", scenario, kill).isEqualTo(1);
        }
    }

    @Test
    void survivesADeletionAtEveryPoint() throws Exception {
        int points = new World(Scenario.CREATE, 0, () -> false).carryOut();
        for (int delete = 0; delete < points; delete++) {
            new World(Scenario.DELETE_WHILE_CREATING, delete, () -> false).carryOut();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void survivesManyKillsInARow(long seed) throws Exception {
        Random random = new Random(seed);
        for (Scenario scenario : Scenario.values()) {
            new World(scenario, random.nextInt(30), () -> random.nextInt(5) == 0).carryOut();
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 20);
    }

    private static BooleanSupplier at(int point) {
        int[] passed = {0};
        return () -> passed[0]++ == point;
    }

    /** The node is dead: nothing that it does from now on has an effect. */
    private static final class Killed extends RuntimeException {
        Killed(String point) {
            super(point, null, false, false);
        }
    }

    /** What outlives the node, and one node after the other. */
    private final class World {
        final Scenario scenario;
        final int deleteAt;
        final BooleanSupplier killHere; // guarded by this
        final FakeKafka kafka = new FakeKafka();
        final FakeWorkers workers = new FakeWorkers();
        final List<byte[]> log = new ArrayList<>();
        int points; // guarded by this
        int kills; // guarded by this
        Node node;

        /**
         * @param deleteAt point at which somebody deletes what is being created, if that is the
         *     scenario: later points if it is not recorded by then
         */
        World(Scenario scenario, int deleteAt, BooleanSupplier killHere) throws IOException {
            this.scenario = scenario;
            this.deleteAt = deleteAt;
            this.killHere = killHere;
            if (scenario == Scenario.KAFKA_REFUSES) {
                kafka.refuseTopics("too few brokers");
            } else if (scenario == Scenario.WORKER_REFUSES) {
                workers.refuse(NO_ROOM);
            }
            this.node = new Node(this, null);
        }

        /** Returns how many points there were. */
        int carryOut() throws Exception {
            int steps = 0;
            while (!goOn()) {
                assertThat(++steps).as("steps of %s", scenario).isLessThan(STEPS);
            }
            check();
            return points;
        }

        /** Does one step on a node that lives; returns whether there is nothing left to do. */
        private boolean goOn() throws Exception {
            try {
                return node.step();
            } catch (Killed killed) {
                @Nullable Path checkpoint = null;
                if (points % 3 == 0 && !log.isEmpty()) { // now and then it comes back from one
                    checkpoint = Files.createTempDirectory(folder, "c").resolve("checkpoint");
                    node.catalog.checkpoint(node.applied(), checkpoint);
                }
                node = new Node(this, checkpoint);
                return false;
            } catch (IllegalStateException broken) {
                Throwable cause = broken.getCause() == null ? broken : broken.getCause();
                if (cause.getCause() instanceof Killed) { // in one of the calls for many shards
                    node = new Node(this, null);
                    return false;
                }
                throw broken;
            }
        }

        synchronized void point(Node at, String what) {
            if (at.dead) {
                throw new Killed(what);
            }
            points++;
            if (scenario == Scenario.DELETE_WHILE_CREATING && points > deleteAt) {
                at.deleteWhatIsBeingCreated();
            }
            if (killHere.getAsBoolean()) {
                kills++;
                at.dead = true;
                throw new Killed(what);
            }
        }

        private void check() throws IOException {
            Cluster cluster = new Node(this, null).catalog.cluster();
            CatalogEntry entry = cluster.collection(ID.toString());
            CollectionFacts facts = facts();
            switch (scenario) {
                case CREATE -> {
                    CatalogRecord record = Objects.requireNonNull(entry, "collection").record();
                    assertThat(record.getState()).isEqualTo(CollectionState.COLLECTION_STATE_READY);
                    assertThat(kafka.topics())
                            .containsOnlyKeys(facts.getTopic(), facts.getDeadLetterTopic())
                            .containsEntry(
                                    facts.getTopic(),
                                    new FakeKafka.Topic(record.getTopicId(), SHARDS));
                    assertThat(kafka.topicsEver()).isEqualTo(2);
                    assertThat(kafka.catalogue()).containsOnlyKeys(ID.toString());
                    assertThat(kafka.catalogue()).containsValue(record);
                    assertThat(workers.on(new Address(WORKER.host(), WORKER.port())).values())
                            .hasSize(SHARDS)
                            .allSatisfy(replica ->
                                    assertThat(replica.getTopicId())
                                            .isEqualTo(record.getTopicId()));
                }
                case DELETE, DELETE_WHILE_CREATING -> {
                    assertGone(cluster, entry);
                    assertThat(kafka.topics().keySet()).isSubsetOf(facts.getDeadLetterTopic());
                    assertThat(cluster.deadLetters().values())
                            .allMatch(topic -> topic.deleteAfterMs() > NOW_MS);
                }
                case KAFKA_REFUSES, WORKER_REFUSES -> {
                    assertGone(cluster, entry);
                    assertThat(cluster.deadLetters().values())
                            .allMatch(topic -> topic.deleteAfterMs() <= NOW_MS);
                }
            }
        }

        private void assertGone(Cluster cluster, @Nullable CatalogEntry entry) {
            assertThat(entry).isNull();
            assertThat(kafka.topics()).doesNotContainKey(facts().getTopic());
            assertThat(kafka.catalogue()).isEmpty();
            assertThat(workers.count()).isZero();
            assertThat(cluster.deadLetters()).containsOnlyKeys(facts().getDeadLetterTopic());
        }
    }

    /** A node from its start to its death. */
    private final class Node {
        final World world;
        final ReplicatedCatalog catalog = new ReplicatedCatalog();
        final CommandLog commands;
        final PlanRun plan;
        boolean dead; // guarded by world

        Node(World world, @Nullable Path checkpoint) throws IOException {
            this.world = world;
            Path live = checkpoint == null ? Files.createTempDirectory(folder, "live") : checkpoint;
            RaftPosition applied = catalog.open(live);
            for (int i = (int) applied.index() + 1; i < world.log.size(); i++) {
                catalog.apply(new RaftPosition(1, i), ByteBuffer.wrap(world.log.get(i)));
            }
            commands =
                    new CommandLog(
                            this::propose, InstantSource.fixed(Instant.ofEpochMilli(NOW_MS)));
            plan =
                    new PlanRun(
                            ID.toString(),
                            catalog::cluster,
                            new Actions(
                                    catalog::cluster,
                                    world.kafka.admin(what -> world.point(this, what)),
                                    world.kafka.catalogue(what -> world.point(this, what)),
                                    world.workers.client(what -> world.point(this, what))),
                            commands,
                            PlanSettings.defaults(),
                            new Semaphore(1),
                            new PlanRun.Counts());
        }

        RaftPosition applied() {
            return new RaftPosition(1, world.log.size() - 1);
        }

        boolean step() throws InterruptedException {
            CatalogEntry entry = catalog.cluster().collection(ID.toString());
            if (entry == null) {
                if (!catalog.cluster().deadLetters().isEmpty()) {
                    return true; // it was there, and was forgotten
                }
                commands.propose(PlacementEntry.newBuilder().setRecordWorker(WORKER.toRecord()));
                commands.propose(PlacementEntry.newBuilder().setRecordCollection(recording()));
                return false;
            }
            boolean toDelete =
                    switch (world.scenario) {
                        case CREATE, KAFKA_REFUSES, WORKER_REFUSES -> false;
                        case DELETE, DELETE_WHILE_CREATING -> true;
                    };
            if (toDelete && entry.state() == CollectionState.COLLECTION_STATE_READY) {
                commands.propose(Plans.delete(entry));
                return false;
            }
            return switch (plan.step()) {
                case PlanRun.Step.Moved moved -> false;
                case PlanRun.Step.Pause pause -> false;
                case PlanRun.Step.Finished finished -> {
                    CatalogEntry now = catalog.cluster().collection(ID.toString());
                    yield now == null || world.scenario == Scenario.CREATE;
                }
                case PlanRun.Step.Deposed deposed -> throw new AssertionError("deposed");
            };
        }

        /** Somebody else's request, in the middle of whatever the plan is doing. */
        void deleteWhatIsBeingCreated() {
            CatalogEntry entry = catalog.cluster().collection(ID.toString());
            if (entry != null && entry.state() == CollectionState.COLLECTION_STATE_CREATING) {
                append(Plans.delete(entry).build().toByteArray());
            }
        }

        private CompletableFuture<ProposeResult> propose(byte[] entry) {
            world.point(this, "before an entry is appended");
            byte[] answer = append(entry);
            world.point(this, "before an entry is answered");
            return CompletableFuture.completedFuture(new ProposeResult.Applied(answer, applied()));
        }

        private byte[] append(byte[] entry) {
            world.log.add(entry);
            try {
                return catalog.apply(applied(), ByteBuffer.wrap(entry));
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }
    }

    private static CollectionFacts facts() {
        return CollectionRules.facts(
                new CollectionRules.Request(
                        "",
                        "words",
                        List.of(
                                VectorSpec.newBuilder()
                                        .setDimension(4)
                                        .setMetric(Metric.METRIC_DOT)
                                        .build()),
                        SHARDS,
                        1,
                        History.HISTORY_COMPACT,
                        IndexParameters.getDefaultInstance()),
                ID,
                0);
    }

    private static RecordCollection recording() {
        Generation.Builder generation = Generation.newBuilder().setNumber(1).setActive(true);
        for (int shard = 0; shard < SHARDS; shard++) {
            generation.addShards(
                    ShardPlacement.newBuilder()
                            .setShard(shard)
                            .setGroup(GroupIds.of(ID, 1, shard, 0).toString())
                            .setEpoch(1)
                            .addMembers(WORKER.id()));
        }
        return RecordCollection.newBuilder().setFacts(facts()).setGeneration(generation).build();
    }
}
