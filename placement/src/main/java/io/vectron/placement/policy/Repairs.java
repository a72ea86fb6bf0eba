package io.vectron.placement.policy;

import io.vectron.placement.config.RepairSettings;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.policy.Standing.Health;
import io.vectron.proto.log.v1.ChangeKind;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.MemberChange;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.worker.v1.LogDiverged;
import io.vectron.proto.worker.v1.ReplicaStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What should be changed, as a function of what is recorded and what workers tell. At most one
 * change a shard, and never one that takes a shard's majority: as long as most of its members work,
 * one that does not is made anew from them. Only a shard whose majority is lost for good becomes a
 * new group, which begins at offset zero of the log; that goes before a change that is under way,
 * since the group could never again decide on it.
 *
 * <p>A shard of one replica whose worker lost its disk is not among them: its group is simply
 * started again, see {@code ReplicaRun}.
 */
public final class Repairs {
    /** Disks that are that full get no new replicas. */
    static final double DISK_FULL = 0.85;

    /** By their logs, as votes are given. */
    private static final Comparator<ReplicaStatus> NEWER =
            Comparator.comparingLong(ReplicaStatus::getLogTerm)
                    .thenComparingLong(ReplicaStatus::getLogIndex);

    private final Cluster cluster;
    private final Map<String, Standing> standing;
    private final RepairSettings settings;
    private final int replicasPerWorker;
    private final boolean suspended;

    /** A change of a collection's shard. */
    public record Proposal(String collection, MemberChange change) {}

    /** A replica that nobody counts on. */
    public record Stray(String worker, String group) {}

    private Repairs(
            Cluster cluster,
            Map<String, Standing> standing,
            RepairSettings settings,
            int replicasPerWorker) {
        this.cluster = cluster;
        this.standing = Map.copyOf(standing);
        this.settings = settings;
        this.replicasPerWorker = replicasPerWorker;
        long silent = cluster.workers().keySet().stream().filter(id -> !speaks(id)).count();
        this.suspended = silent * 3 > cluster.workers().size();
    }

    /** Whether a worker may be given new replicas, by what it tells. */
    public static boolean willing(
            WorkerNode worker, @Nullable Standing standing, RepairSettings settings) {
        return standing != null
                && standing.silence().compareTo(settings.silent()) < 0
                && standing.diskUsed() < DISK_FULL;
    }

    /**
     * The change that makes a shard anew whose log diverged, as somebody has decided: from what the
     * log holds now, so it begins where the log does.
     *
     * @return null if there are not enough workers with room
     */
    public static @Nullable MemberChange rebuild(
            Cluster cluster,
            Map<String, Standing> standing,
            RepairSettings settings,
            int replicasPerWorker,
            CatalogEntry entry,
            ShardPlacement shard,
            LogDiverged diverged) {
        MemberChange change =
                new Repairs(cluster, standing, settings, replicasPerWorker)
                        .renew(entry, shard, "its log diverged, and it is to be made anew");
        return change == null
                ? null
                : change.toBuilder()
                        .setShard(shard.getShard())
                        .setEpoch(shard.getEpoch() + 1)
                        .setFirstPosition(Math.max(0, diverged.getLogStart()))
                        .build();
    }

    /** How a shard's log diverged, as any of its members tells; null if none does. */
    public static @Nullable LogDiverged divergence(
            Map<String, Standing> standing, ShardPlacement shard) {
        for (String member : shard.getMembersList()) {
            Standing worker = standing.get(member);
            ReplicaStatus replica = worker == null ? null : worker.replicas().get(shard.getGroup());
            if (replica != null && replica.getCondition().hasLogDiverged()) {
                return replica.getCondition().getLogDiverged();
            }
        }
        return null;
    }

    /** The changes that should begin now. */
    public static List<Proposal> proposals(
            Cluster cluster,
            Map<String, Standing> standing,
            RepairSettings settings,
            int replicasPerWorker) {
        return new Repairs(cluster, standing, settings, replicasPerWorker).all();
    }

    /**
     * Replicas of collections that are known, on workers that are no members. A worker that was
     * away while its place was given to another one comes back with them.
     */
    public static List<Stray> strays(
            Cluster cluster, Map<String, Standing> standing, RepairSettings settings) {
        List<Stray> strays = new ArrayList<>();
        for (Map.Entry<String, Standing> worker : standing.entrySet()) {
            if (worker.getValue().silence().compareTo(settings.silent()) >= 0) {
                continue; // what it told last may be long gone, and it would not hear us
            }
            for (ReplicaStatus replica : worker.getValue().replicas().values()) {
                CatalogEntry entry = cluster.collection(replica.getCollectionId());
                if (entry != null
                        && entry.state() == CollectionState.COLLECTION_STATE_READY
                        && worker.getValue().heard() > 1
                        && !mayHold(entry, replica.getGroup(), worker.getKey())) {
                    strays.add(new Stray(worker.getKey(), replica.getGroup()));
                }
            }
        }
        return strays;
    }

    private static boolean mayHold(CatalogEntry entry, String group, String worker) {
        for (Generation generation : entry.everywhere().getGenerationsList()) {
            for (ShardPlacement shard : generation.getShardsList()) {
                if (shard.getGroup().equals(group)
                        && (shard.getMembersList().contains(worker)
                                || shard.getListenersList().contains(worker))) {
                    return true;
                }
            }
        }
        return false;
    }

    private List<Proposal> all() {
        List<Proposal> proposals = new ArrayList<>();
        for (CatalogEntry entry : cluster.collections().values()) {
            if (entry.state() != CollectionState.COLLECTION_STATE_READY) {
                continue;
            }
            for (Generation generation : entry.record().getGenerationsList()) {
                for (ShardPlacement shard : generation.getShardsList()) {
                    MemberChange underWay = underWay(entry, generation, shard);
                    MemberChange change =
                            underWay == null
                                    ? change(entry, shard)
                                    : instead(entry, shard, underWay);
                    if (change != null) {
                        long epoch = underWay == null ? 0 : underWay.getEpoch();
                        proposals.add(
                                new Proposal(
                                        entry.id(),
                                        change.toBuilder()
                                                .setGeneration(generation.getNumber())
                                                .setShard(shard.getShard())
                                                .setEpoch(Math.max(shard.getEpoch(), epoch) + 1)
                                                .build()));
                    }
                }
            }
        }
        return proposals;
    }

    private static @Nullable MemberChange underWay(
            CatalogEntry entry, Generation generation, ShardPlacement shard) {
        for (MemberChange change : entry.changes()) {
            if (change.getGeneration() == generation.getNumber()
                    && change.getShard() == shard.getShard()) {
                return change;
            }
        }
        return null;
    }

    /** What must take the place of a change that is under way; null if it may go on. */
    private @Nullable MemberChange instead(
            CatalogEntry entry, ShardPlacement shard, MemberChange underWay) {
        return switch (underWay.getKind()) {
            case CHANGE_KIND_REPLACE -> isMajorityLost(shard) ? renewLost(entry, shard) : null;
            case CHANGE_KIND_RENEW, CHANGE_KIND_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    }

    private @Nullable MemberChange change(CatalogEntry entry, ShardPlacement shard) {
        List<String> members = shard.getMembersList();
        long well = members.stream().filter(it -> health(it, shard) == Health.WELL).count();
        if (members.stream().anyMatch(it -> health(it, shard) == Health.OUTDATED)) {
            return renew(entry, shard, "away from the log for longer than it remembers");
        }
        if (isMajorityLost(shard)) {
            return renewLost(entry, shard);
        }
        if (well * 2 <= members.size()) {
            return null; // nobody there to copy from, or to decide
        }
        for (String member : members) {
            if (health(member, shard) == Health.LOST) {
                return replace(member, member, false, standing(member).trouble(shard.getGroup()));
            }
        }
        for (String member : members) {
            if (isDead(member)) {
                String other = another(shard);
                return other == null
                        ? null
                        : replace(member, other, false, member + " is silent for too long");
            }
        }
        int wanted = Math.max(1, entry.facts().getReplicationFactor());
        if (members.size() < wanted) {
            String other = another(shard);
            return other == null ? null : replace("", other, false, "a replica is missing");
        }
        return members.size() > wanted ? surplus(shard) : listener(shard);
    }

    private @Nullable MemberChange renewLost(CatalogEntry entry, ShardPlacement shard) {
        List<String> members = shard.getMembersList();
        boolean alone = members.size() == 1 && hasNothing(members.getFirst(), shard);
        return alone ? null : renew(entry, shard, "its majority is lost: " + why(shard));
    }

    /**
     * Whether the group can never again decide on anything. Who has a vote in it is told by the
     * members that are left: while one leaves or joins, the record is a step ahead or behind. Of
     * those the one with the newest log knows it, and elects nobody else; one that was given a
     * snapshot may still believe in a former electorate. Two members need each other, so of an even
     * number half is enough.
     */
    private boolean isMajorityLost(ShardPlacement shard) {
        List<ReplicaStatus> newest = new ArrayList<>();
        for (String worker : cluster.workers().keySet()) {
            ReplicaStatus replica =
                    speaks(worker) ? standing(worker).replicas().get(shard.getGroup()) : null;
            if (replica != null
                    && replica.getVotersCount() > 0
                    && health(worker, shard) == Health.WELL) {
                int order = newest.isEmpty() ? 0 : NEWER.compare(replica, newest.getFirst());
                if (order > 0) {
                    newest.clear();
                }
                if (order >= 0) {
                    newest.add(replica);
                }
            }
        }
        return newest.isEmpty()
                ? isMajorityLost(shard.getMembersList(), shard)
                : newest.stream().allMatch(it -> isMajorityLost(it.getVotersList(), shard));
    }

    private boolean isMajorityLost(List<String> voters, ShardPlacement shard) {
        return 2 * voters.stream().filter(it -> isLost(it, shard)).count() >= voters.size();
    }

    /** A replacement that was interrupted between its two halves leaves one too many. */
    private @Nullable MemberChange surplus(ShardPlacement shard) {
        for (String member : shard.getMembersList()) {
            if (health(member, shard) == Health.WELL && !standing(member).leads(shard.getGroup())) {
                return replace(member, "", false, "one replica too many");
            }
        }
        return null;
    }

    private @Nullable MemberChange listener(ShardPlacement shard) {
        for (String listener : shard.getListenersList()) {
            WorkerNode worker = cluster.workers().get(listener);
            if (worker == null || isDead(listener)) {
                return replace(listener, "", true, listener + " is silent for too long");
            }
            if (health(listener, shard) == Health.LOST) {
                return replace(
                        listener, listener, true, standing(listener).trouble(shard.getGroup()));
            }
        }
        for (WorkerNode worker : cluster.workers().values()) {
            if (worker.searchOnly()
                    && worker.hasAddress()
                    && willing(worker, standing.get(worker.id()), settings)
                    && !shard.getListenersList().contains(worker.id())
                    && replicasOn(worker.id()) < replicasPerWorker) {
                return replace("", worker.id(), true, worker.id() + " is for searches only");
            }
        }
        return null;
    }

    private int replicasOn(String worker) {
        return cluster.collections().values().stream()
                .mapToInt(entry -> entry.replicasOn(worker))
                .sum();
    }

    private @Nullable MemberChange renew(CatalogEntry entry, ShardPlacement shard, String why) {
        List<String> renewed = new ArrayList<>();
        for (String member : shard.getMembersList()) {
            WorkerNode worker = cluster.workers().get(member);
            if (worker != null
                    && worker.hasAddress()
                    && willing(worker, standing.get(member), settings)) {
                renewed.add(member);
            }
        }
        int wanted = Math.max(1, entry.facts().getReplicationFactor());
        while (renewed.size() < wanted) {
            String other = another(renewed);
            if (other == null) {
                return null; // fewer would not stand what the collection is to stand
            }
            renewed.add(other);
        }
        return MemberChange.newBuilder()
                .setKind(ChangeKind.CHANGE_KIND_RENEW)
                .setFormerGroup(shard.getGroup())
                .addAllRenewed(renewed)
                .setFirstPosition(shard.getFirstPosition())
                .setReason(why)
                .build();
    }

    private static MemberChange replace(
            String leaves, String joins, boolean listener, String reason) {
        return MemberChange.newBuilder()
                .setKind(ChangeKind.CHANGE_KIND_REPLACE)
                .setLeaves(leaves)
                .setJoins(joins)
                .setListener(listener)
                .setReason(reason)
                .build();
    }

    private String why(ShardPlacement shard) {
        List<String> each = new ArrayList<>();
        for (String member : shard.getMembersList()) {
            each.add(
                    member
                            + ": "
                            + (isDead(member)
                                    ? "silent for too long"
                                    : standing(member).trouble(shard.getGroup())));
        }
        return String.join(", ", each);
    }

    private @Nullable String another(ShardPlacement shard) {
        return another(shard.getMembersList());
    }

    private @Nullable String another(List<String> members) {
        Set<String> taken = new HashSet<>(members);
        List<String> zones = new ArrayList<>();
        for (String member : members) {
            WorkerNode worker = cluster.workers().get(member);
            if (worker != null) {
                zones.add(worker.zone());
            }
        }
        Spread.Demand demand =
                new Spread.Demand(
                        1,
                        1,
                        replicasPerWorker,
                        worker ->
                                !worker.searchOnly()
                                        && willing(worker, standing.get(worker.id()), settings));
        return Spread.another(cluster, zones, worker -> taken.contains(worker.id()), demand);
    }

    /** Nothing of it is there any more, which only its own worker can mend at once. */
    private boolean hasNothing(String worker, ShardPlacement shard) {
        return speaks(worker) && standing(worker).lacks(shard.getGroup());
    }

    private boolean isLost(String worker, ShardPlacement shard) {
        return isDead(worker) || health(worker, shard) == Health.LOST;
    }

    private Health health(String worker, ShardPlacement shard) {
        return speaks(worker) ? standing(worker).health(shard.getGroup()) : Health.UNKNOWN;
    }

    private boolean speaks(String worker) {
        return standing(worker).silence().compareTo(settings.silent()) < 0;
    }

    /** Silent for too long, or its address was taken over by a worker with another disk. */
    private boolean isDead(String worker) {
        WorkerNode known = cluster.workers().get(worker);
        boolean gone = known == null || !known.hasAddress();
        return !suspended
                && (gone || standing(worker).silence().compareTo(settings.deadAfter()) >= 0);
    }

    private Standing standing(String worker) {
        return standing.getOrDefault(worker, Standing.unheard(Duration.ZERO));
    }
}
