package io.vectron.placement.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.placement.config.RepairSettings;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.ChangeKind;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.MemberChange;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.placement.v1.HeartbeatRequest;
import io.vectron.proto.worker.v1.Failed;
import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.LogDiverged;
import io.vectron.proto.worker.v1.Outdated;
import io.vectron.proto.worker.v1.Quarantined;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.Running;
import io.vectron.proto.worker.v1.WorkerCapacity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RepairsTest {
    private static final RepairSettings SETTINGS = RepairSettings.defaults();
    private static final Duration NOW = Duration.ZERO;
    private static final Duration AWHILE = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final ReplicaCondition WELL =
            ReplicaCondition.newBuilder().setRunning(Running.getDefaultInstance()).build();
    private static final ReplicaCondition BROKEN =
            ReplicaCondition.newBuilder()
                    .setFailed(
                            Failed.newBuilder()
                                    .setReason(FailureReason.FAILURE_REASON_CORRUPT_STORE))
                    .build();
    private static final ReplicaCondition QUARANTINED =
            ReplicaCondition.newBuilder().setQuarantined(Quarantined.getDefaultInstance()).build();

    private Cluster cluster = Cluster.EMPTY;
    private final Map<String, Standing> standing = new HashMap<>();
    private final List<String> members = new ArrayList<>();
    private final List<String> listeners = new ArrayList<>();
    private int wanted = 3;
    private long firstPosition;

    @Test
    void leavesAloneWhatIsWell() {
        shardOn(3, 4);
        assertThat(proposals()).isEmpty();
    }

    @Test
    void beginsAReplicaAnewThatFailedOrIsInQuarantine() {
        for (ReplicaCondition condition : List.of(BROKEN, QUARANTINED)) {
            shardOn(3, 4);
            tell("w-2", NOW, condition);
            assertThat(only().getLeaves()).isEqualTo("w-2");
            assertThat(only().getJoins()).isEqualTo("w-2");
            assertThat(only().getEpoch()).isEqualTo(6);
        }
        tell("w-2", NOW, BROKEN);
        assertThat(only().getReason()).isEqualTo("FAILURE_REASON_CORRUPT_STORE");
    }

    /** It comes back by itself: to copy it to the same disk would not help. */
    @Test
    void waitsForRoomOnADisk() {
        shardOn(3, 4);
        tell(
                "w-2",
                NOW,
                ReplicaCondition.newBuilder()
                        .setFailed(
                                Failed.newBuilder()
                                        .setReason(FailureReason.FAILURE_REASON_DISK_FULL)
                                        .setRestartMayHelp(true))
                        .build());
        assertThat(proposals()).isEmpty();
        tell("w-3", NOW, BROKEN);
        assertThat(proposals()).as("one of three works: nothing is taken away").isEmpty();
    }

    @Test
    void beginsAReplicaAnewThatItsWorkerDoesNotHave() {
        shardOn(3, 3);
        standing.put("w-3", Standing.of(HeartbeatRequest.getDefaultInstance(), NOW, 1));
        assertThat(proposals()).as("told once: it may have been added since").isEmpty();
        standing.put("w-3", Standing.of(HeartbeatRequest.getDefaultInstance(), NOW, 2));
        assertThat(only().getLeaves()).isEqualTo("w-3");
        assertThat(only().getJoins()).isEqualTo("w-3");
    }

    @Test
    void givesAWorkerUpAfterALongSilenceOnly() {
        shardOn(3, 4);
        tell("w-1", AWHILE, WELL);
        assertThat(proposals()).isEmpty();
        tell("w-1", LONG, WELL);
        assertThat(only().getLeaves()).isEqualTo("w-1");
        assertThat(only().getJoins()).isEqualTo("w-4");
    }

    @Test
    void givesNobodyUpWhileMoreThanAThirdAreSilent() {
        shardOn(3, 6);
        tell("w-1", LONG, WELL);
        tell("w-5", LONG, WELL);
        assertThat(only().getLeaves()).isEqualTo("w-1");
        tell("w-6", AWHILE, WELL);
        assertThat(proposals()).isEmpty();
    }

    @Test
    void waitsIfThereIsNoOtherWorker() {
        shardOn(3, 3);
        tell("w-1", LONG, WELL);
        assertThat(proposals()).isEmpty();
    }

    @Test
    void givesNothingToFullDisksAndToSearchers() {
        shardOn(3, 4);
        tell("w-1", LONG, WELL);
        standing.put(
                "w-4",
                Standing.of(
                        HeartbeatRequest.newBuilder()
                                .setCapacity(
                                        WorkerCapacity.newBuilder()
                                                .setDiskBytes(100)
                                                .setDiskUsedBytes(85))
                                .build(),
                        NOW,
                        2));
        assertThat(proposals()).isEmpty();
    }

    @Test
    void takesNoMajority() {
        shardOn(3, 5);
        tell("w-1", NOW, BROKEN);
        tell("w-2", AWHILE, WELL);
        assertThat(proposals()).as("one left that is known to work").isEmpty();
    }

    @Test
    void renewsAShardWhoseMajorityIsLostForGood() {
        shardOn(3, 4);
        tell("w-1", NOW, BROKEN);
        tell("w-2", NOW, QUARANTINED);
        assertThat(only().getKind()).isEqualTo(ChangeKind.CHANGE_KIND_RENEW);
        assertThat(only().getRenewedList()).containsExactly("w-1", "w-2", "w-3");
    }

    @Test
    void renewsAShardThatIsOutdated() {
        shardOn(3, 3);
        tell(
                "w-1",
                NOW,
                ReplicaCondition.newBuilder().setOutdated(Outdated.getDefaultInstance()).build());
        assertThat(only().getKind()).isEqualTo(ChangeKind.CHANGE_KIND_RENEW);
    }

    @Test
    void leavesAShardWhoseLogDivergedToPeople() {
        shardOn(3, 4);
        for (String worker : List.of("w-1", "w-2", "w-3")) {
            ReplicaCondition.Builder condition = ReplicaCondition.newBuilder();
            tell(worker, NOW, condition.setLogDiverged(LogDiverged.getDefaultInstance()).build());
        }
        assertThat(proposals()).isEmpty();
    }

    @Test
    void makesAShardAnewWhoseLogDivergedFromWhereTheLogBegins() {
        shardOn(3, 4);
        ShardPlacement shard = shard();
        assertThat(Repairs.divergence(standing, shard)).isNull();
        LogDiverged diverged = LogDiverged.newBuilder().setPosition(3).setLogStart(40).build();
        tell("w-3", NOW, ReplicaCondition.newBuilder().setLogDiverged(diverged).build());
        assertThat(Repairs.divergence(standing, shard)).isEqualTo(diverged);

        MemberChange change = Objects.requireNonNull(rebuild(diverged));

        assertThat(change.getKind()).isEqualTo(ChangeKind.CHANGE_KIND_RENEW);
        assertThat(change.getRenewedList()).containsExactly("w-1", "w-2", "w-3");
        assertThat(change.getEpoch()).isEqualTo(6);
        assertThat(change.getFirstPosition()).isEqualTo(40);
        LogDiverged unknown = LogDiverged.newBuilder().setLogStart(-1).build();
        assertThat(Objects.requireNonNull(rebuild(unknown)).getFirstPosition()).isZero();
        shardOn(2, 2);
        assertThat(rebuild(diverged)).as("too few workers").isNull();
    }

    @Test
    void aShardThatIsMadeAnewByItselfBeginsWhereItDidBefore() {
        firstPosition = 40;
        shardOn(3, 3);
        tell(
                "w-1",
                NOW,
                ReplicaCondition.newBuilder().setOutdated(Outdated.getDefaultInstance()).build());
        assertThat(only().getFirstPosition()).isEqualTo(40);
    }

    private @Nullable MemberChange rebuild(LogDiverged diverged) {
        CatalogEntry entry = Objects.requireNonNull(cluster.collection("c"));
        return Repairs.rebuild(cluster, standing, SETTINGS, 100, entry, shard(), diverged);
    }

    private ShardPlacement shard() {
        return Objects.requireNonNull(cluster.collection("c"))
                .record()
                .getGenerations(0)
                .getShards(0);
    }

    @Test
    void renewsTheOnlyReplicaButNotOneThatItsWorkerWillStartAgain() {
        wanted = 1;
        shardOn(1, 2);
        standing.put("w-1", Standing.of(HeartbeatRequest.getDefaultInstance(), NOW, 2));
        assertThat(proposals()).isEmpty();
        tell("w-1", NOW, BROKEN);
        assertThat(only().getRenewedList()).containsExactly("w-1");
    }

    @Test
    void addsAReplicaThatIsMissing() {
        shardOn(2, 3);
        assertThat(only().getLeaves()).isEmpty();
        assertThat(only().getJoins()).isEqualTo("w-3");
    }

    @Test
    void takesOneTooManyAwayButNotTheLeader() {
        shardOn(4, 4);
        assertThat(only().getLeaves()).isEqualTo("w-2");
        assertThat(only().getJoins()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesEachSearcherAListener(boolean hasIt) {
        if (hasIt) {
            listeners.add("s-1");
        }
        shardOn(3, 3);
        cluster = cluster.with(new WorkerNode("s-1", "localhost", 7009, 8009, "", true));
        tell("s-1", NOW, WELL);
        if (hasIt) {
            assertThat(proposals()).isEmpty();
        } else {
            assertThat(only().getJoins()).isEqualTo("s-1");
            assertThat(only().getListener()).isTrue();
        }
    }

    @Test
    void changesAShardOnce() {
        shardOn(3, 4);
        tell("w-2", NOW, BROKEN);
        CatalogEntry entry = Objects.requireNonNull(cluster.collection("c"));
        cluster =
                cluster.with(
                        entry.withChanges(
                                entry.record(),
                                List.of(MemberChange.newBuilder().setJoins("w-4").build())));
        assertThat(proposals()).isEmpty();
    }

    @Test
    void renewsAShardThatLosesItsMajorityDuringAChange() {
        shardOn(3, 4);
        changing(ChangeKind.CHANGE_KIND_REPLACE);
        tell("w-3", NOW, QUARANTINED);
        assertThat(proposals()).as("the others can decide").isEmpty();
        tell("w-2", NOW, BROKEN);
        assertThat(only().getKind()).isEqualTo(ChangeKind.CHANGE_KIND_RENEW);
        assertThat(only().getEpoch()).as("after that of the change").isEqualTo(7);
        changing(ChangeKind.CHANGE_KIND_RENEW);
        assertThat(proposals()).as("it is being renewed").isEmpty();
    }

    @Test
    void twoMembersNeedEachOther() {
        shardOn(2, 4);
        tell("w-2", AWHILE, WELL);
        assertThat(proposals()).as("it may come back").isEmpty();
        tell("w-2", NOW, BROKEN);
        assertThat(only().getKind()).isEqualTo(ChangeKind.CHANGE_KIND_RENEW);
    }

    @Test
    void asksThoseThatAreLeftWhoHasAVote() {
        shardOn(2, 4);
        changing(ChangeKind.CHANGE_KIND_REPLACE);
        tell("w-2", NOW, BROKEN);
        tell("w-4", NOW, WELL);
        voters("w-1", "w-1", "w-2", "w-4");
        voters("w-4", "w-1", "w-2", "w-4");
        assertThat(proposals()).as("w-4 has joined, and is not recorded yet").isEmpty();
        tell("w-4", NOW, QUARANTINED);
        assertThat(only().getKind()).isEqualTo(ChangeKind.CHANGE_KIND_RENEW);
    }

    @Test
    void believesTheNewestLogWhoHasAVote() {
        shardOn(2, 4);
        changing(ChangeKind.CHANGE_KIND_REPLACE);
        tell("w-4", NOW, WELL);
        voters("w-4", 10, 84, "w-1", "w-2", "w-4"); // of a snapshot from before it left
        voters("w-1", 10, 89, "w-1", "w-2");
        assertThat(proposals()).isEmpty();
        tell("w-2", NOW, BROKEN);
        assertThat(only().getKind()).isEqualTo(ChangeKind.CHANGE_KIND_RENEW);
        voters("w-4", 11, 20, "w-1", "w-2", "w-4"); // a newer term counts more than a longer log
        assertThat(proposals()).as("w-1 and w-4 can decide").isEmpty();
    }

    /** A change is under way on the shard that is there. */
    private void changing(ChangeKind kind) {
        CatalogEntry entry = Objects.requireNonNull(cluster.collection("c"));
        MemberChange change = MemberChange.newBuilder().setKind(kind).setEpoch(6).build();
        cluster = cluster.with(entry.withChanges(entry.record(), List.of(change)));
    }

    private void voters(String worker, String... voters) {
        voters(worker, 1, 1, voters);
    }

    private void voters(String worker, long logTerm, long logIndex, String... voters) {
        ReplicaStatus told =
                Objects.requireNonNull(
                        Objects.requireNonNull(standing.get(worker)).replicas().get("g"));
        HeartbeatRequest heard =
                HeartbeatRequest.newBuilder()
                        .addReplicas(
                                told.toBuilder()
                                        .clearVoters()
                                        .addAllVoters(List.of(voters))
                                        .setLogTerm(logTerm)
                                        .setLogIndex(logIndex))
                        .build();
        standing.put(worker, Standing.of(heard, NOW, 2));
    }

    @Test
    void findsReplicasThatNobodyCountsOn() {
        shardOn(3, 4);
        assertThat(Repairs.strays(cluster, standing, SETTINGS)).isEmpty();
        tell("w-4", NOW, WELL);
        assertThat(Repairs.strays(cluster, standing, SETTINGS))
                .containsExactly(new Repairs.Stray("w-4", "g"));
        tell("w-4", AWHILE, WELL);
        assertThat(Repairs.strays(cluster, standing, SETTINGS))
                .as("one that is silent would not hear it")
                .isEmpty();
        tell("w-4", NOW, WELL);
        cluster = cluster.withoutCollection("c");
        assertThat(Repairs.strays(cluster, standing, SETTINGS))
                .as("nothing of a collection that is not known is ever removed")
                .isEmpty();
    }

    private MemberChange only() {
        assertThat(proposals()).hasSize(1);
        return proposals().getFirst().change();
    }

    private List<Repairs.Proposal> proposals() {
        return Repairs.proposals(cluster, standing, SETTINGS, 100);
    }

    /** A shard on the first {@code on} of {@code workers} workers that are all well. */
    private void shardOn(int on, int workers) {
        cluster = Cluster.EMPTY;
        members.clear();
        for (int i = 1; i <= workers; i++) {
            String id = "w-" + i;
            cluster = cluster.with(new WorkerNode(id, "localhost", 7000 + i, 8000 + i, ""));
            standing.put(id, Standing.of(HeartbeatRequest.getDefaultInstance(), NOW, 2));
            if (i <= on) {
                members.add(id);
                tell(id, NOW, WELL);
            }
        }
        CollectionFacts facts =
                CollectionFacts.newBuilder()
                        .setId("c")
                        .setName("c")
                        .setTopic("c")
                        .setDeadLetterTopic("c")
                        .setShards(1)
                        .setReplicationFactor(wanted)
                        .build();
        cluster =
                cluster.with(
                        new CatalogEntry(
                                CatalogRecord.newBuilder()
                                        .setFacts(facts)
                                        .setState(CollectionState.COLLECTION_STATE_READY)
                                        .addGenerations(
                                                Generation.newBuilder()
                                                        .addShards(
                                                                ShardPlacement.newBuilder()
                                                                        .setGroup("g")
                                                                        .setEpoch(5)
                                                                        .setFirstPosition(
                                                                                firstPosition)
                                                                        .addAllMembers(members)
                                                                        .addAllListeners(
                                                                                listeners)))
                                        .build(),
                                0,
                                1,
                                null));
    }

    private void tell(String worker, Duration silence, ReplicaCondition condition) {
        ReplicaStatus.Builder replica =
                ReplicaStatus.newBuilder()
                        .setGroup("g")
                        .setCollectionId("c")
                        .setRole(worker.equals("w-1") ? Role.ROLE_LEADER : Role.ROLE_FOLLOWER)
                        .setCondition(condition);
        standing.put(
                worker,
                Standing.of(
                        HeartbeatRequest.newBuilder().addReplicas(replica).build(), silence, 2));
    }
}
