package io.vectron.standalone.simulation;

import io.vectron.common.log.GroupIds;
import io.vectron.placement.config.RepairSettings;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.plan.ActionResult;
import io.vectron.placement.plan.ChangeAction;
import io.vectron.placement.plan.ChangePlans;
import io.vectron.placement.policy.Repairs;
import io.vectron.placement.policy.Standing;
import io.vectron.placement.state.Answer;
import io.vectron.placement.state.CatalogCore;
import io.vectron.placement.state.Transition;
import io.vectron.proto.log.v1.BeginChange;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.ChangeKind;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.MemberChange;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.PlacementEntry;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.log.v1.VectorSpec;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Placement: the real policy on what workers tell, the real plans step by step, recorded by the
 * real state machine. What a step does to workers is simulated; now and then placement dies between
 * a step and its record, and does the step again.
 */
final class SimulatedPlacement {
    /** The one collection. */
    static final String COLLECTION = new UUID(3, 4).toString();

    static final String TOPIC_ID = "topic-id";
    private static final int GENERATION = 1;
    private static final RepairSettings SETTINGS =
            new RepairSettings(
                    Duration.ofMillis(200),
                    Duration.ofMillis(1_200),
                    Duration.ofMillis(20),
                    Duration.ofMillis(60));

    private final Simulation world;
    private final Heartbeats heartbeats;
    private final ChangeSteps steps;
    private Cluster cluster = Cluster.EMPTY;
    private Set<Repairs.Stray> strays = Set.of(); // seen at the last look
    private long nextLook;
    private long restUntil;

    SimulatedPlacement(Simulation world, int factor, List<String> workers) {
        this.world = world;
        this.heartbeats = new Heartbeats(world);
        this.steps = new ChangeSteps(world);
        for (int i = 0; i < workers.size(); i++) {
            WorkerNode worker = new WorkerNode(workers.get(i), "host", 7_000 + i, 8_000 + i, "");
            cluster = cluster.with(worker);
        }
        CatalogRecord record =
                CatalogRecord.newBuilder()
                        .setFacts(facts(factor))
                        .setState(CollectionState.COLLECTION_STATE_READY)
                        .setTopicId(TOPIC_ID)
                        .addGenerations(
                                Generation.newBuilder()
                                        .setNumber(GENERATION)
                                        .addShards(
                                                ShardPlacement.newBuilder()
                                                        .setGroup(group(0).toString())
                                                        .setEpoch(1)
                                                        .addAllMembers(workers.subList(0, factor))))
                        .build();
        cluster = cluster.with(new CatalogEntry(record, 0, 1, null));
    }

    /** The shard gets its first group. */
    void begin() {
        steps.create(shard());
    }

    private static CollectionFacts facts(int factor) {
        VectorSpec vector =
                VectorSpec.newBuilder().setDimension(2).setMetric(Metric.METRIC_EUCLIDEAN).build();
        return CollectionFacts.newBuilder()
                .setId(COLLECTION)
                .setName("simulated")
                .setTopic("simulated")
                .setDeadLetterTopic("simulated.dlq")
                .addVectors(vector)
                .setShards(1)
                .setReplicationFactor(factor)
                .build();
    }

    private static UUID group(int incarnation) {
        return GroupIds.of(UUID.fromString(COLLECTION), GENERATION, 0, incarnation);
    }

    /** The shard as readers and the job know it. */
    ShardPlacement shard() {
        return entry().record().getGenerations(0).getShards(0);
    }

    CollectionFacts facts() {
        return entry().facts();
    }

    /** Whether members are being changed. */
    boolean changes() {
        return !entry().changes().isEmpty();
    }

    private CatalogEntry entry() {
        return Objects.requireNonNull(cluster.collection(COLLECTION), "no collection");
    }

    /** Looks at the workers now and then, and goes on with the change that is under way. */
    void step() {
        if (world.now() < nextLook) {
            return;
        }
        nextLook = world.now() + SETTINGS.look().toMillis();
        heartbeats.listen();
        Map<String, Standing> standing = heartbeats.standing();
        if (changes()) {
            restUntil = world.now() + SETTINGS.pause().toMillis();
        }
        for (Repairs.Proposal due : Repairs.proposals(cluster, standing, SETTINGS, 100)) {
            MemberChange change = due.change();
            if (!changes() && world.now() < restUntil) {
                continue;
            }
            BeginChange begin =
                    BeginChange.newBuilder().setId(due.collection()).setChange(change).build();
            boolean instead = changes();
            record(PlacementEntry.newBuilder().setBeginChange(begin));
            world.note(
                    instead ? Happening.CHANGE_REPLACED : Happening.CHANGE_BEGUN,
                    "placement",
                    describe(change));
        }
        if (changes()) {
            goOn(entry().changes().getFirst());
        } else {
            steps.restoreOnlyReplica(shard(), heartbeats);
        }
        removeStrays(standing);
    }

    /** Only what was a stray at two looks: a change may have ended in between. */
    private void removeStrays(Map<String, Standing> standing) {
        Set<Repairs.Stray> now = new HashSet<>(Repairs.strays(cluster, standing, SETTINGS));
        for (Repairs.Stray stray : now) {
            if (strays.contains(stray) && world.worker(stray.worker()).isHeard()) {
                world.worker(stray.worker()).remove(UUID.fromString(stray.group()));
                world.note(Happening.STRAY_REMOVED, stray.worker(), stray.group());
            }
        }
        strays = now;
    }

    private static String describe(MemberChange change) {
        return change.getKind() == ChangeKind.CHANGE_KIND_RENEW
                ? "anew on " + change.getRenewedList() + ": " + change.getReason()
                : "-" + change.getLeaves() + " +" + change.getJoins() + ": " + change.getReason();
    }

    private void goOn(MemberChange change) {
        ChangePlans.Target target =
                ChangePlans.target(
                        entry(), change.getGeneration(), change.getShard(), change.getEpoch());
        if (target == null) {
            throw new IllegalStateException("a change without a shard: " + change);
        }
        ChangeAction action = ChangePlans.next(target);
        switch (steps.run(action)) {
            case ActionResult.Done _ -> {
                if (world.faulty(10)) {
                    world.note(Happening.CHANGE_REPEATED, "placement", name(action));
                    return; // died before it was recorded
                }
                UUID before = UUID.fromString(shard().getGroup());
                record(ChangePlans.record(target));
                world.note(Happening.CHANGE_STEP, "placement", name(action));
                if (!before.equals(UUID.fromString(shard().getGroup()))) {
                    world.note(Happening.SHARD_RENEWED, "placement", shard().getGroup());
                }
            }
            case ActionResult.NotYet _, ActionResult.Retry _ -> {
                if (cannotBeDone(target.change(), action)) {
                    giveUp(target, action, "a worker is gone");
                }
            }
            case ActionResult.Lost lost -> giveUp(target, action, lost.reason());
            case ActionResult.Refused _, ActionResult.Identified _ ->
                    throw new IllegalStateException("no answer to " + action);
        }
    }

    /** Whoever is gone for good is not waited for. */
    private void giveUp(ChangePlans.Target target, ChangeAction action, String reason) {
        PlacementEntry.@Nullable Builder abandoned = ChangePlans.abandon(target);
        if (abandoned != null) {
            world.note(Happening.CHANGE_GIVEN_UP, "placement", name(action) + ": " + reason);
            record(abandoned);
        }
    }

    /** A new group is begun without the few that are gone. */
    private boolean cannotBeDone(MemberChange change, ChangeAction action) {
        List<String> renewed = change.getRenewedList();
        if (renewed.isEmpty()) {
            return !action.worker().isEmpty() && isGone(action.worker());
        }
        return 2 * renewed.stream().filter(this::isGone).count() >= renewed.size();
    }

    /** Whether a worker was silent for so long that it is given up. */
    boolean isGone(String worker) {
        return heartbeats.silence(worker).compareTo(SETTINGS.deadAfter()) >= 0;
    }

    private static String name(ChangeAction action) {
        return action.getClass().getSimpleName();
    }

    private void record(PlacementEntry.Builder entry) {
        Transition transition = CatalogCore.apply(cluster, entry.build());
        if (!(transition.answer() instanceof Answer.Done)) {
            throw new IllegalStateException("refused: " + transition.answer());
        }
        cluster = transition.next();
    }
}
