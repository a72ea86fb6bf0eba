package io.vectron.placement.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.collection.CollectionRules;
import io.vectron.common.log.GroupIds;
import io.vectron.common.rpc.Address;
import io.vectron.placement.config.PlanSettings;
import io.vectron.placement.fake.FakeKafka;
import io.vectron.placement.fake.FakeWorkers;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.plan.Plans;
import io.vectron.placement.state.ReplicatedCatalog;
import io.vectron.proto.log.v1.BeginChange;
import io.vectron.proto.log.v1.ChangeKind;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.History;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.proto.log.v1.MemberChange;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills the node at every point of every change of members: before and after each thing it does
 * outside, between that and its record, and between the record and its answer. In the end all must
 * be as if nothing had happened.
 */
final class ChangeCrashTest {
    private static final UUID ID = new UUID(7, 11);
    private static final String GROUP = GroupIds.of(ID, 1, 0, 0).toString();
    private static final String RENEWED = GroupIds.of(ID, 1, 0, 1).toString();
    private static final String RENEWED_AGAIN = GroupIds.of(ID, 1, 0, 2).toString();
    private static final int STEPS = 10_000;

    @TempDir Path folder;

    /** What is changed, and who the members are in the end. */
    enum Scenario {
        JOIN(replace("", "w-4"), "w-1", "w-2", "w-3", "w-4"),
        LEAVE(replace("w-3", ""), "w-1", "w-2"),
        REPLACE(replace("w-3", "w-4"), "w-1", "w-2", "w-4"),
        REPLACE_THE_DEAD(replace("w-3", "w-4"), "w-1", "w-2", "w-4"),
        BEGIN_ANEW(replace("w-3", "w-3"), "w-1", "w-2", "w-3"),
        NOBODY_JOINS(replace("w-3", "w-4"), "w-1", "w-2", "w-3"),
        JOINER_LOSES_ITS_DISK(replace("w-3", "w-4"), "w-1", "w-2", "w-3"),
        LISTEN(replace("", "w-4").setListener(true), "w-1", "w-2", "w-3"),
        RENEW(renew("w-1", "w-2", "w-4"), "w-1", "w-2", "w-4"),
        RENEW_WITHOUT_ONE(renew("w-1", "w-2", "w-4"), "w-1", "w-2", "w-4"),
        RENEW_GIVEN_UP(renew("w-1", "w-3", "w-4"), "w-1", "w-2", "w-3"),
        RENEW_LOSES_ITS_DISKS(renew("w-1", "w-2", "w-4"), "w-1", "w-2", "w-3"),
        DELETED(replace("w-3", "w-4"));

        private final MemberChange change;
        private final String members; // separated by commas

        Scenario(MemberChange.Builder change, String... members) {
            this.change = change.setGeneration(1).setShard(0).setEpoch(2).setReason("test").build();
            this.members = String.join(",", members);
        }

        /** Whether the shard is in the end as it was. */
        boolean isUndone() {
            return this == NOBODY_JOINS
                    || this == JOINER_LOSES_ITS_DISK
                    || this == RENEW_GIVEN_UP
                    || this == RENEW_LOSES_ITS_DISKS;
        }

        List<String> members() {
            return List.of(members.split(",", -1));
        }

        /** Begins a new group, or tries to. */
        boolean renews() {
            return change.getKind() == ChangeKind.CHANGE_KIND_RENEW;
        }

        /** Workers that are gone for good while it is carried out. */
        List<String> gone() {
            return switch (this) {
                case REPLACE_THE_DEAD -> List.of("w-3");
                case NOBODY_JOINS, RENEW_WITHOUT_ONE -> List.of("w-4");
                case RENEW_GIVEN_UP -> List.of("w-3", "w-4");
                case JOIN,
                        LEAVE,
                        REPLACE,
                        BEGIN_ANEW,
                        JOINER_LOSES_ITS_DISK,
                        LISTEN,
                        RENEW,
                        RENEW_LOSES_ITS_DISKS,
                        DELETED ->
                        List.of();
            };
        }

        private static MemberChange.Builder renew(String... renewed) {
            return MemberChange.newBuilder()
                    .setKind(ChangeKind.CHANGE_KIND_RENEW)
                    .setFormerGroup(GROUP)
                    .addAllRenewed(List.of(renewed));
        }

        private static MemberChange.Builder replace(String leaves, String joins) {
            return MemberChange.newBuilder()
                    .setKind(ChangeKind.CHANGE_KIND_REPLACE)
                    .setLeaves(leaves)
                    .setJoins(joins);
        }
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void survivesAKillAtEveryPoint(Scenario scenario) throws Exception {
        int points = new World(scenario, -1).carryOut();
        assertThat(points).isGreaterThan(5);
        int begunAgain = 0;
        for (int kill = 0; kill < points; kill++) {
            World world = new World(scenario, kill);
            world.carryOut();
            assertThat(world.kills).as("%s killed at point %d", scenario, kill).isEqualTo(1);
            begunAgain += world.begunAgain ? 1 : 0;
        }
        switch (scenario) {
            case RENEW, RENEW_WITHOUT_ONE -> assertThat(begunAgain).isBetween(1, points / 3);
            default -> assertThat(begunAgain).isZero();
        }
    }

    /** The node is dead: nothing that it does from now on has an effect. */
    private static final class Killed extends RuntimeException {
        Killed(String point) {
            super(point, null, false, false);
        }
    }

    private static Address address(String worker) {
        return new Address("127.0.0.1", 7100 + Integer.parseInt(worker.substring(2)));
    }

    /** What outlives the node, and one node after the other. */
    private final class World {
        final Scenario scenario;
        final int killAt;
        final FakeKafka kafka = new FakeKafka();
        final FakeWorkers workers = new FakeWorkers();
        final List<byte[]> log = new ArrayList<>();
        int points; // guarded by this
        int kills; // guarded by this
        boolean armed; // guarded by this
        boolean wiped;
        boolean begunAgain;
        Node node;

        World(Scenario scenario, int killAt) throws Exception {
            this.scenario = scenario;
            this.killAt = killAt;
            this.node = new Node(this);
            node.create();
            scenario.gone().forEach(worker -> workers.kill(address(worker)));
            armed = true;
        }

        int carryOut() throws Exception {
            int steps = 0;
            while (!goOn()) {
                assertThat(++steps).as("steps of %s", scenario).isLessThan(STEPS);
            }
            armed = false;
            check();
            return points;
        }

        private boolean goOn() throws Exception {
            try {
                return node.step();
            } catch (Killed killed) {
                node = new Node(this);
                return false;
            } catch (IllegalStateException broken) {
                Throwable cause = broken.getCause() == null ? broken : broken.getCause();
                if (cause.getCause() instanceof Killed) { // in one of the calls for many members
                    node = new Node(this);
                    return false;
                }
                throw broken;
            }
        }

        synchronized void point(Node at, String what) {
            if (at.dead) {
                throw new Killed(what);
            }
            if (armed && points++ == killAt) {
                kills++;
                at.dead = true;
                throw new Killed(what);
            }
        }

        private void check() throws IOException {
            CatalogEntry entry = new Node(this).catalog.cluster().collection(ID.toString());
            if (scenario == Scenario.DELETED) {
                assertThat(entry).isNull();
                assertThat(workers.count()).isZero();
                return;
            }
            Objects.requireNonNull(entry, "collection");
            assertThat(entry.changes()).isEmpty();
            ShardPlacement shard = entry.record().getGenerations(0).getShards(0);
            boolean renewed = scenario.renews() && !scenario.isUndone();
            // A kill between the first and the last new member: who of them voted is not known,
            // so the group was given up, and another one begun.
            begunAgain = kills > 0 && renewed && shard.getIncarnation() == 2;
            String renewal = begunAgain ? RENEWED_AGAIN : RENEWED;
            String group = renewed ? renewal : GROUP;
            assertThat(shard.getGroup()).isEqualTo(group);
            assertThat(shard.getMembersList())
                    .containsExactlyInAnyOrderElementsOf(scenario.members());
            Set<String> all = new TreeSet<>(scenario.members());
            all.addAll(shard.getListenersList());
            assertThat(shard.getListenersList())
                    .isEqualTo(scenario == Scenario.LISTEN ? List.of("w-4") : List.of());
            assertThat(workers.members(group)).isEqualTo(all);
            boolean undone = scenario.isUndone();
            boolean passed = scenario.isUndone() && scenario.renews();
            int groups = renewed || passed ? 1 : 0;
            assertThat(shard.getIncarnation()).isEqualTo(begunAgain ? 2 : groups);
            assertThat(shard.getEpoch()).isEqualTo(undone ? 1 : 2);
            assertThat(workers.epoch(group)).isEqualTo(undone || renewed ? 0 : 2);
            assertThat(kafka.catalogue()).containsValue(entry.record());
            for (String worker : List.of("w-1", "w-2", "w-3", "w-4")) {
                assertThat(workers.on(address(worker)).values())
                        .as("all members begin where the group began")
                        .allMatch(request -> request.getEpoch() == 1);
                Set<String> held = workers.on(address(worker)).keySet();
                if (!scenario.gone().contains(worker)) {
                    assertThat(held)
                            .as(worker)
                            .isEqualTo(all.contains(worker) ? Set.of(group) : Set.of());
                }
            }
        }
    }

    /** A node from its start to its death. */
    private final class Node {
        final World world;
        final ReplicatedCatalog catalog = new ReplicatedCatalog();
        final CommandLog commands;
        final Actions actions;
        final ChangeRun change;
        boolean dead; // guarded by world

        Node(World world) throws IOException {
            this.world = world;
            catalog.open(Files.createTempDirectory(folder, "live"));
            for (int i = 0; i < world.log.size(); i++) {
                catalog.apply(new RaftPosition(1, i), ByteBuffer.wrap(world.log.get(i)));
            }
            InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(1_800_000_000_000L));
            commands = new CommandLog(this::propose, clock);
            var replicas = world.workers.client(what -> world.point(this, what));
            actions =
                    new Actions(
                            catalog::cluster,
                            world.kafka.admin(what -> world.point(this, what)),
                            world.kafka.catalogue(what -> world.point(this, what)),
                            replicas);
            change =
                    new ChangeRun(
                            ID.toString(),
                            world.scenario.change,
                            new ChangeRun.Tools(
                                    catalog::cluster,
                                    new ChangeActions(
                                            catalog::cluster, actions, replicas, this::isDead),
                                    commands,
                                    PlanSettings.defaults(),
                                    new Semaphore(1),
                                    this::isDead));
        }

        private boolean isDead(String worker) {
            return world.scenario.gone().contains(worker);
        }

        /** A collection of one shard that is ready on three of four workers. */
        void create() throws InterruptedException {
            for (int worker = 1; worker <= 4; worker++) {
                WorkerNode node =
                        new WorkerNode(
                                "w-" + worker, "127.0.0.1", 7100 + worker, 7150 + worker, "");
                commands.propose(PlacementEntry.newBuilder().setRecordWorker(node.toRecord()));
            }
            commands.propose(PlacementEntry.newBuilder().setRecordCollection(recording()));
            PlanRun plan = plan();
            while (!(plan.step() instanceof PlanRun.Step.Finished)) {
                assertThat(catalog.cluster().collection(ID.toString())).isNotNull();
            }
        }

        private PlanRun plan() {
            return new PlanRun(
                    ID.toString(),
                    catalog::cluster,
                    actions,
                    commands,
                    PlanSettings.defaults(),
                    new Semaphore(1),
                    new PlanRun.Counts());
        }

        /** Returns whether there is nothing left to do. */
        boolean step() throws InterruptedException {
            CatalogEntry entry = catalog.cluster().collection(ID.toString());
            if (entry == null) {
                return true;
            }
            if (entry.state() == CollectionState.COLLECTION_STATE_DELETING) {
                var _ = plan().step();
                return false;
            }
            long epoch = entry.record().getGenerations(0).getShards(0).getEpoch();
            if (entry.changes().isEmpty()) {
                if (epoch == 2 || (world.scenario.isUndone() && begun())) {
                    return world.scenario != Scenario.DELETED || delete(entry);
                }
                commands.propose(
                        PlacementEntry.newBuilder()
                                .setBeginChange(
                                        BeginChange.newBuilder()
                                                .setId(ID.toString())
                                                .setChange(world.scenario.change)));
                return false;
            }
            if (world.scenario == Scenario.DELETED && entry.changes().getFirst().getStep() == 4) {
                return delete(entry); // in the middle of it
            }
            boolean added = entry.changes().getFirst().getStep() == 9;
            if (world.scenario == Scenario.RENEW_LOSES_ITS_DISKS && added && !world.wiped) {
                world.wiped = true;
                List.of("w-1", "w-2", "w-4")
                        .forEach(it -> world.workers.forget(address(it), RENEWED));
            }
            boolean joined = entry.changes().getFirst().getStep() == 4;
            if (world.scenario == Scenario.JOINER_LOSES_ITS_DISK && joined && !world.wiped) {
                world.wiped = true;
                world.workers.forget(address("w-4"));
            }
            var _ = change.step();
            return false;
        }

        private boolean begun() {
            return world.log.stream().anyMatch(bytes -> parse(bytes).hasBeginChange());
        }

        private boolean delete(CatalogEntry entry) throws InterruptedException {
            commands.propose(Plans.delete(entry));
            return false;
        }

        private CompletableFuture<ProposeResult> propose(byte[] entry) {
            world.point(this, "before an entry is appended");
            RaftPosition at = new RaftPosition(1, world.log.size());
            world.log.add(entry);
            byte[] answer;
            try {
                answer = catalog.apply(at, ByteBuffer.wrap(entry));
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
            world.point(this, "before an entry is answered");
            return CompletableFuture.completedFuture(new ProposeResult.Applied(answer, at));
        }
    }

    private static PlacementEntry parse(byte[] bytes) {
        try {
            return PlacementEntry.parseFrom(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static RecordCollection recording() {
        CollectionFacts facts =
                CollectionRules.facts(
                        new CollectionRules.Request(
                                "",
                                "words",
                                List.of(
                                        VectorSpec.newBuilder()
                                                .setDimension(4)
                                                .setMetric(Metric.METRIC_DOT)
                                                .build()),
                                1,
                                3,
                                History.HISTORY_COMPACT,
                                IndexParameters.getDefaultInstance()),
                        ID,
                        0);
        Generation.Builder generation =
                Generation.newBuilder()
                        .setNumber(1)
                        .setActive(true)
                        .addShards(
                                ShardPlacement.newBuilder()
                                        .setGroup(GROUP)
                                        .setEpoch(1)
                                        .addAllMembers(List.of("w-1", "w-2", "w-3")));
        return RecordCollection.newBuilder().setFacts(facts).setGeneration(generation).build();
    }
}
