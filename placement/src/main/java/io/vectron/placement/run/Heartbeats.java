package io.vectron.placement.run;

import io.vectron.placement.config.RepairSettings;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.policy.Repairs;
import io.vectron.placement.policy.Standing;
import io.vectron.proto.placement.v1.GroupLeader;
import io.vectron.proto.placement.v1.HeartbeatRequest;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private boolean leads; // guarded by this
    private long leadsSinceNanos; // guarded by this

    private record Beat(HeartbeatRequest told, long atNanos, int ofThisStart) {}

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
            beats.put(told.getWorker(), new Beat(told, nanoTime.getAsLong(), count));
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

    /** Forgets groups and workers that are no more. */
    public synchronized void retain(Cluster cluster) {
        beats.keySet().retainAll(cluster.workers().keySet());
        awaitedSince.keySet().retainAll(cluster.workers().keySet());
        leaders.keySet().retainAll(cluster.groups());
    }

    /** What tells when a worker is silent. */
    RepairSettings settings() {
        return settings;
    }

    /** How each worker stands now. */
    public synchronized Map<String, Standing> standing(Cluster cluster) {
        long now = nanoTime.getAsLong();
        Map<String, Standing> all = new HashMap<>();
        for (String worker : cluster.workers().keySet()) {
            Beat beat = beats.get(worker);
            all.put(
                    worker,
                    beat == null
                            ? Standing.unheard(Duration.ofNanos(now - awaited(worker)))
                            : Standing.of(
                                    beat.told,
                                    Duration.ofNanos(now - beat.atNanos),
                                    beat.ofThisStart));
        }
        return all;
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
