package io.vectron.placement.run;

import io.vectron.placement.config.RepairSettings;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.policy.Repairs;
import io.vectron.placement.policy.Standing;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.placement.v1.GroupLeader;
import io.vectron.proto.placement.v1.HeartbeatRequest;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What workers tell, in memory of the node that leads; nothing of it is recorded. Any thread.
 *
 * <p>A worker that is not heard at all is judged from the moment at which this node began to lead:
 * before it, it told somebody else.
 */
public final class Heartbeats {
    private final RepairSettings settings;
    private final LongSupplier nanoTime;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Beat> beats = new HashMap<>(); // by worker; guarded by this
    private final Map<String, Long> awaitedSince = new HashMap<>(); // nanos; guarded by this
    private final Map<String, Leader> leaders = new TreeMap<>(); // by group; guarded by this
    private final Map<Replica, Long> givenAt = new HashMap<>(); // nanos; guarded by this
    private boolean leads; // guarded by this
    private long leadsSinceNanos; // guarded by this

    /**
     * @param beforeNanos when the one before it came; it was told after that one was answered
     */
    private record Beat(HeartbeatRequest told, long atNanos, long beforeNanos, int ofThisStart) {}

    private record Replica(String group, String worker) {}

    private record Leader(String worker, long epoch) {}

    /**
     * @param settings tells when a worker is silent
     * @param nanoTime the clock, as {@link System#nanoTime}
     */
    public Heartbeats(RepairSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /** Calls {@code listener} when the leader of a group is another one; it must not block. */
    public void listen(Runnable listener) {
        listeners.add(listener);
    }

    /** This node leads, or no more: what it heard before does not count. */
    public synchronized void leads(boolean leader) {
        if (leader && !leads) {
            beats.clear();
            awaitedSince.clear();
            givenAt.clear();
            leadsSinceNanos = nanoTime.getAsLong();
        }
        leads = leader;
    }

    /** A worker has registered, and is to be heard from now on. */
    public synchronized void registered(String worker) {
        awaitedSince.put(worker, nanoTime.getAsLong());
    }

    /** A worker told how it stands. */
    public void heard(HeartbeatRequest told) {
        boolean news;
        synchronized (this) {
            Beat last = beats.get(told.getWorker());
            int before =
                    last != null && last.told.getStartedAtMs() == told.getStartedAtMs()
                            ? last.ofThisStart
                            : 0;
            int count = Math.min(before, Integer.MAX_VALUE - 1) + 1;
            long now = nanoTime.getAsLong();
            beats.put(
                    told.getWorker(),
                    new Beat(told, now, last == null ? now : last.atNanos, count));
            news = learn(told);
        }
        if (news) {
            listeners.forEach(Runnable::run);
        }
    }

    private boolean learn(HeartbeatRequest told) {
        boolean news = false;
        for (ReplicaStatus replica : told.getReplicasList()) {
            if (replica.getRole() == Role.ROLE_LEADER) {
                Leader leader = new Leader(told.getWorker(), replica.getEpoch());
                news |= !leader.equals(leaders.put(replica.getGroup(), leader));
            }
        }
        return news;
    }

    /** Who leads each group, by its last word. */
    public synchronized List<GroupLeader> leaders() {
        List<GroupLeader> all = new ArrayList<>(leaders.size());
        leaders.forEach((group, leader) ->
                all.add(
                        GroupLeader.newBuilder()
                                .setGroup(group)
                                .setWorker(leader.worker())
                                .build()));
        return all;
    }

    /** Learns which replicas workers have, and forgets groups and workers that are no more. */
    public synchronized void follow(Cluster cluster) {
        beats.keySet().retainAll(cluster.workers().keySet());
        awaitedSince.keySet().retainAll(cluster.workers().keySet());
        leaders.keySet().retainAll(cluster.groups());
        Set<Replica> given = given(cluster);
        givenAt.keySet().retainAll(given);
        long now = nanoTime.getAsLong();
        given.forEach(replica -> givenAt.putIfAbsent(replica, now));
    }

    /** Replicas that have been added: those of collections that are ready. */
    private static Set<Replica> given(Cluster cluster) {
        Set<Replica> all = new HashSet<>();
        for (CatalogEntry entry : cluster.collections().values()) {
            if (entry.state() != CollectionState.COLLECTION_STATE_READY) {
                continue;
            }
            for (Generation generation : entry.record().getGenerationsList()) {
                for (ShardPlacement shard : generation.getShardsList()) {
                    shard.getMembersList()
                            .forEach(worker -> all.add(new Replica(shard.getGroup(), worker)));
                    shard.getListenersList()
                            .forEach(worker -> all.add(new Replica(shard.getGroup(), worker)));
                }
            }
        }
        return all;
    }

    /** What tells when a worker is silent. */
    RepairSettings settings() {
        return settings;
    }

    /** How each worker stands now. */
    public synchronized Map<String, Standing> standing(Cluster cluster) {
        long now = nanoTime.getAsLong();
        Map<String, Standing> all = new HashMap<>();
        Map<String, Set<String>> young = young();
        for (String worker : cluster.workers().keySet()) {
            Beat beat = beats.get(worker);
            all.put(
                    worker,
                    beat == null
                            ? Standing.unheard(Duration.ofNanos(now - awaited(worker)))
                            : Standing.of(
                                            beat.told,
                                            Duration.ofNanos(now - beat.atNanos),
                                            beat.ofThisStart)
                                    .withYoung(young.getOrDefault(worker, Set.of())));
        }
        return all;
    }

    /** By worker, the groups it was given after it told what it told last, or may have been. */
    private Map<String, Set<String>> young() {
        Map<String, Set<String>> young = new HashMap<>();
        givenAt.forEach((replica, at) -> {
            Beat beat = beats.get(replica.worker());
            if (beat != null && at - beat.beforeNanos >= 0) {
                young.computeIfAbsent(replica.worker(), _ -> new HashSet<>()).add(replica.group());
            }
        });
        return young;
    }

    private long awaited(String worker) {
        return awaitedSince.getOrDefault(worker, leadsSinceNanos);
    }

    /** Which workers may be given replicas with a vote now. */
    public Predicate<WorkerNode> willing(Cluster cluster) {
        Map<String, Standing> standing = standing(cluster);
        return worker ->
                !worker.searchOnly()
                        && Repairs.willing(worker, standing.get(worker.id()), settings);
    }
}
