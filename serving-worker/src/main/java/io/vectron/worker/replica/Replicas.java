package io.vectron.worker.replica;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.Member;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.replication.GroupId;
import io.vectron.replication.GroupStatus;
import io.vectron.replication.Peer;
import io.vectron.replication.PeerId;
import io.vectron.replication.ReplicatedState;
import io.vectron.replication.ReplicationConfig;
import io.vectron.replication.ReplicationNode;
import io.vectron.worker.replica.DescriptionFiles.Found;
import io.vectron.worker.replica.DescriptionFiles.Phase;
import io.vectron.worker.shard.ShardFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicas of a worker: adds and removes them so that a crash at any moment can be carried to
 * its end, and brings all back after a restart.
 */
public final class Replicas implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replicas.class);
    private static final Duration LEADER_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LEADER_PAUSE = Duration.ofMillis(2);

    /**
     * A replica and the request that added it.
     *
     * @param settled neither being added nor being removed
     */
    private record Described(AddReplicaRequest request, ShardReplica replica, boolean settled) {
        Described settled(boolean changed) {
            return new Described(request, replica, changed);
        }
    }

    private final DescriptionFiles files;
    private final BiFunction<ShardFacts, IndexParameters, ShardReplica> maker;
    private final ReplicationNode node;
    private final int limit;
    private final PeerId self;
    private final Map<UUID, Described> replicas = new ConcurrentHashMap<>();

    /** Groups whose description is damaged. */
    private final Set<UUID> damaged = ConcurrentHashMap.newKeySet();

    /** Writes down why replicas stopped, which nobody waits for. */
    private final ExecutorService notes =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("replica-notes").factory());

    /** Replicas come and go one at a time. */
    private final ReentrantLock changes = new ReentrantLock();

    /**
     * @param descriptions folder of the files that describe the replicas
     * @param replication settings of the node, which belongs to this object
     * @param maker makes a replica whose index is built so, not open yet
     * @param limit replicas of this worker
     */
    public Replicas(
            Path descriptions,
            ReplicationConfig replication,
            BiFunction<ShardFacts, IndexParameters, ShardReplica> maker,
            int limit) {
        this.files = new DescriptionFiles(descriptions);
        this.maker = maker;
        this.limit = limit;
        this.self = replication.self().id();
        this.node = new ReplicationNode(replication, this::state);
    }

    /**
     * Brings up every replica, finishes what a crash interrupted, and returns when each group has a
     * leader, or after ten seconds without one.
     */
    public void start() throws IOException {
        DescriptionFiles.All all = files.load();
        Map<UUID, Found> found = all.replicas();
        damaged.addAll(all.damaged());
        found.forEach((group, it) -> {
            ShardReplica replica = make(it.request(), facts(it.request()));
            if (it.stopped() != null) {
                replica.staysStopped(it.stopped());
            }
            replicas.put(group, new Described(it.request(), replica, true));
        });
        node.start();
        for (Map.Entry<UUID, Found> entry : found.entrySet()) {
            UUID group = entry.getKey();
            switch (entry.getValue().phase()) {
                case ADDING -> addGroup(group, entry.getValue().request());
                case ADDED -> reviveIfLost(group, entry.getValue());
                case REMOVING -> finishRemoval(group);
            }
        }
        long end = System.nanoTime() + LEADER_TIMEOUT.toNanos();
        all().forEach(replica -> awaitLeader(replica, end));
    }

    private ShardReplica make(AddReplicaRequest request, ShardFacts facts) {
        ShardReplica replica = maker.apply(facts, request.getIndex());
        replica.tellStops(this::stopped);
        return replica;
    }

    /** A replica stops by itself: its group closes, and it will not come back at a restart. */
    private void stopped(ShardReplica replica, ReplicaCondition why) {
        UUID group = replica.facts().group();
        if (find(group) != replica) {
            return; // it was opened anew meanwhile
        }
        node.fail(new GroupId(group), DamagedReplicaException.again(why));
        if (!Conditions.outlivesRestart(why)) {
            return;
        }
        try {
            notes.execute(() -> note(replica, why));
        } catch (RejectedExecutionException e) {
            LOG.warn("that replica {} stopped is not written down", group, e);
        }
    }

    private void note(ShardReplica replica, ReplicaCondition why) {
        UUID group = replica.facts().group();
        changes.lock();
        try {
            if (find(group) == replica) {
                files.writeStop(group, why);
            }
        } catch (IOException e) {
            // The next start finds the same damage, or the disk is beyond help.
            LOG.error("that replica {} stopped is not written down", group, e);
        } finally {
            changes.unlock();
        }
    }

    private void reviveIfLost(UUID group, Found found) throws IOException {
        GroupId id = new GroupId(group);
        AddReplicaRequest request = found.request();
        boolean joining = request.getMembersCount() == 0;
        boolean waits = joining && node.groups().contains(id); // to be made a member
        if (found.stopped() != null || waits || !node.isLost(id)) {
            return;
        }
        if (request.getMembersCount() == 1 && !request.getListener()) {
            // Alone it has promised nothing to anybody: the log gives everything back.
            LOG.warn("replica {} lost its data: it starts anew from offset zero", group);
            node.addGroup(id, members(request));
        } else {
            requireFound(group)
                    .damaged(
                            DamagedReplicaException.failed(
                                    FailureReason.FAILURE_REASON_DATA_LOST,
                                    "its data is gone; with an empty memory it must not vote"));
        }
    }

    private ShardReplica requireFound(UUID group) {
        ShardReplica replica = find(group);
        if (replica == null) {
            throw new IllegalStateException("no replica " + group);
        }
        return replica;
    }

    /**
     * Opens a replica once more that stopped for lack of room, with the data that it has. It may
     * stop again. Does nothing if it stopped for another reason, or comes or goes just now.
     */
    void reopen(ShardReplica stopped) throws IOException {
        UUID group = stopped.facts().group();
        changes.lock();
        try {
            Described present = replicas.get(group);
            ReplicaCondition why = stopped.stopped();
            if (present == null
                    || present.replica() != stopped
                    || !present.settled()
                    || why == null
                    || !Conditions.isNoRoom(why)) {
                return;
            }
            ShardReplica fresh = make(present.request(), stopped.facts());
            replicas.put(group, new Described(present.request(), fresh, true));
            node.reopen(new GroupId(group));
        } finally {
            changes.unlock();
        }
    }

    /** State of a group, asked by the node for each group that it starts. */
    private ReplicatedState state(GroupId id) {
        Described described = replicas.get(id.uuid());
        return described == null ? new UndescribedState(id) : described.replica();
    }

    /**
     * Adds a replica; does nothing if it is here with the same facts. One that is here keeps the
     * index parameters that it was added with.
     *
     * @throws VectronException if the request is no valid one, the group is here with other facts,
     *     or there is no room for more replicas
     * @throws IOException if it cannot be written down or started
     */
    public void add(AddReplicaRequest request) throws IOException {
        ShardFacts facts = factsOf(request);
        requireMembers(request);
        Described added;
        changes.lock();
        try {
            Described present = replicas.get(facts.group());
            if (present != null) {
                if (!present.replica().facts().equals(facts)) {
                    throw new VectronException(
                            ErrorCode.INVALID_REQUEST,
                            "facts",
                            "group " + facts.group() + " is here with other facts");
                }
                return;
            }
            if (replicas.size() >= limit) {
                throw new VectronException(
                        ErrorCode.CAPACITY_EXHAUSTED,
                        "this worker holds " + limit + " replicas, the most it may");
            }
            files.write(facts.group(), request);
            added = new Described(request, make(request, facts), false);
            replicas.put(facts.group(), added);
            addOrForget(facts.group(), request);
        } finally {
            changes.unlock();
        }
        if (request.getMembersCount() == 1) {
            // Alone it leads within milliseconds; the first batch then finds it ready.
            awaitLeader(added.replica(), System.nanoTime() + LEADER_TIMEOUT.toNanos());
        }
        replicas.replace(facts.group(), added, added.settled(true)); // unless it is leaving
    }

    /**
     * Waits until a group has a leader, and if that is this replica, until it takes entries; at
     * most until {@code endNanos} of {@link System#nanoTime}. A group without a majority may never
     * have one, which is not this worker's failure.
     */
    private void awaitLeader(ShardReplica replica, long endNanos) {
        GroupId id = new GroupId(replica.facts().group());
        while (undecided(node.status(id), replica)) {
            if (System.nanoTime() > endNanos) {
                LOG.warn("shard {} has no leader yet", replica.facts().label());
                return;
            }
            LockSupport.parkNanos(LEADER_PAUSE.toNanos());
        }
    }

    private static boolean undecided(GroupStatus status, ShardReplica replica) {
        return switch (status.lifecycle()) {
            case ABSENT, CLOSED, FAILED -> false;
            case STARTING, INSTALLING -> true;
            case RUNNING ->
                    status.role() == GroupStatus.Role.LEADER
                            ? !replica.leads()
                            : status.leader() == null;
        };
    }

    private void addOrForget(UUID group, AddReplicaRequest request) throws IOException {
        boolean added = false;
        try {
            addGroup(group, request);
            added = true;
        } finally {
            if (!added) {
                replicas.remove(group);
                files.delete(group);
            }
        }
    }

    private void addGroup(UUID group, AddReplicaRequest request) throws IOException {
        if (request.getListener()) {
            node.addListener(new GroupId(group));
        } else {
            node.addGroup(new GroupId(group), members(request));
        }
        files.move(group, Phase.ADDING, Phase.ADDED);
    }

    /** Removes a replica and its data; does nothing if it is not here. */
    public void remove(UUID group) throws IOException {
        changes.lock();
        try {
            Described present = replicas.get(group);
            if (present == null) {
                removeUndescribed(group);
                return;
            }
            replicas.put(group, present.settled(false));
            present.replica().stopWaiting();
            if (!files.has(group, Phase.REMOVING)) {
                files.move(group, Phase.ADDED, Phase.REMOVING);
            }
            finishRemoval(group);
        } finally {
            changes.unlock();
        }
    }

    private void finishRemoval(UUID group) throws IOException {
        node.removeGroup(new GroupId(group));
        replicas.remove(group);
        files.delete(group);
    }

    /** Data that nothing describes, or nothing that can be read. */
    private void removeUndescribed(UUID group) throws IOException {
        if (undescribed().contains(group)) {
            node.removeGroup(new GroupId(group));
            files.delete(group);
            damaged.remove(group);
        }
    }

    /** Groups that have data here and no description that can be read. */
    public Set<UUID> undescribed() {
        Set<UUID> groups = new TreeSet<>(damaged);
        node.groups().stream()
                .map(GroupId::uuid)
                .filter(group -> !replicas.containsKey(group))
                .forEach(groups::add);
        return groups;
    }

    /** What a replica is able to do. */
    public ReplicaCondition condition(ShardReplica replica) {
        ReplicaCondition stopped = replica.stopped();
        if (stopped != null) {
            return stopped;
        }
        ReplicaCondition group =
                Conditions.of(node.status(new GroupId(replica.facts().group())), self);
        ReplicaCondition halted = group.hasRunning() ? halted(replica) : null;
        return halted == null ? group : halted;
    }

    /** Why the replica's shard takes nothing more from its log; null while it does. */
    public static @Nullable ReplicaCondition halted(ShardReplica replica) {
        try (Reading reading = replica.read()) {
            Halt halt = reading == null ? null : reading.state().halt();
            return halt == null ? null : LogConditions.of(halt, replica.facts().topicId());
        }
    }

    /** The replica of a group; null if it is not here. */
    public @Nullable ShardReplica find(UUID group) {
        Described described = replicas.get(group);
        return described == null ? null : described.replica();
    }

    /** All replicas. */
    public List<ShardReplica> all() {
        return replicas.values().stream().map(Described::replica).toList();
    }

    /**
     * Those that cannot be read or whose group does not run here, and that do not say why: not
     * recovered. One that is just being added or removed does not count: nobody may expect anything
     * of it.
     */
    public List<ShardReplica> notRunning() {
        return replicas.values().stream()
                .filter(it -> it.settled() && !runs(it.replica()) && isAsBefore(it))
                .filter(it -> it.replica().stopped() == null)
                .map(Described::replica)
                .toList();
    }

    /** Whether it did not begin to leave while we looked at it. */
    private boolean isAsBefore(Described seen) {
        Described now = replicas.get(seen.replica().facts().group());
        return now != null && now.replica() == seen.replica() && now.settled();
    }

    private boolean runs(ShardReplica replica) {
        GroupStatus status = node.status(new GroupId(replica.facts().group()));
        return replica.isOpen() && status.lifecycle() == GroupStatus.Lifecycle.RUNNING;
    }

    /** The server of the groups. */
    public ReplicationNode node() {
        return node;
    }

    private static ShardFacts factsOf(AddReplicaRequest request) {
        try {
            return facts(request);
        } catch (IllegalArgumentException e) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    "facts",
                    String.valueOf(e.getMessage()),
                    Map.of(),
                    e);
        }
    }

    private static ShardFacts facts(AddReplicaRequest request) {
        return new ShardFacts(
                UUID.fromString(request.getGroup()),
                request.getFacts(),
                request.getTopicId(),
                request.getShard(),
                request.getGeneration(),
                request.getEpoch(),
                request.getFirstPosition());
    }

    private static void requireMembers(AddReplicaRequest request) {
        try {
            members(request);
        } catch (IllegalArgumentException e) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    "members",
                    String.valueOf(e.getMessage()),
                    Map.of(),
                    e);
        }
    }

    private static List<Peer> members(AddReplicaRequest request) {
        return request.getMembersList().stream().map(Replicas::peer).toList();
    }

    private static Peer peer(Member member) {
        return new Peer(new PeerId(member.getWorker()), member.getHost(), member.getRaftPort());
    }

    /** Wakes those who wait for a position, then stops the groups. */
    @Override
    public void close() throws IOException {
        all().forEach(ShardReplica::stopWaiting);
        node.close();
        notes.close();
    }
}
