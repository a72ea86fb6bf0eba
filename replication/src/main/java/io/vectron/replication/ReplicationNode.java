package io.vectron.replication;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.AlreadyExistsException;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.statemachine.StateMachine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server of replicated groups. Any thread may call any method; those that change a group wait
 * for the disk, and for other members only where it says so.
 */
public final class ReplicationNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationNode.class);

    /** How often the limits of {@link SnapshotPolicy} are looked at. */
    private static final long UPKEEP_MS = 1_000;

    private final ReplicationConfig config;
    private final GroupRequests requests;
    private final Function<GroupId, ReplicatedState> states;
    private final Map<GroupId, Replica> replicas = new ConcurrentHashMap<>();

    /** Groups come and go one at a time. */
    private final ReentrantLock changes = new ReentrantLock();

    private final ScheduledExecutorService upkeep;

    /** Holds one task a group at most. */
    private final ExecutorService preparer =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("snapshot-preparer").factory());

    private volatile @Nullable RaftServer server;

    /**
     * @param states makes the state of a group; called once for each group that starts here, not to
     *     touch the disk before {@link ReplicatedState#open}
     */
    public ReplicationNode(ReplicationConfig config, Function<GroupId, ReplicatedState> states) {
        this.config = config;
        this.requests = new GroupRequests(config);
        this.states = states;
        this.upkeep =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform()
                                .daemon()
                                .name("replication-upkeep-" + config.self().id())
                                .factory());
    }

    /**
     * Listens, and brings up every group found on the disk, in parallel. To be called once. A group
     * whose state does not open, or whose log cannot be read, is {@link
     * GroupStatus.Lifecycle#FAILED}; the others work.
     */
    public void start() throws IOException {
        RatisProcess.tame();
        Files.createDirectories(RaftSettings.groupsFolder(config));
        Files.createDirectories(RaftSettings.removedFolder(config));
        Folders.empty(RaftSettings.removedFolder(config));
        RaftServer starting = startServer();
        server = starting;
        for (GroupId id : replicas.keySet()) {
            settle(starting, id);
        }
        var _ =
                upkeep.scheduleWithFixedDelay(
                        this::upkeep, UPKEEP_MS, UPKEEP_MS, TimeUnit.MILLISECONDS);
        LOG.info("replication listens on {}, groups: {}", config.self().address(), replicas.size());
    }

    private RaftServer startServer() throws IOException {
        Startup startup = new Startup(config, this::newStateMachine);
        RaftServer starting = null;
        try {
            starting = startup.withGroups();
            starting.start();
            return starting;
        } catch (IOException | RuntimeException e) {
            stop(starting);
            LOG.warn("a group does not start; starting each by itself", e);
        }
        try {
            return startup.oneByOne(this::didNotStart);
        } catch (IOException | RuntimeException e) {
            stop(null);
            throw new IOException("replication does not start on " + config.self().address(), e);
        }
    }

    private void didNotStart(GroupId id, IOException why) throws IOException {
        Replica replica = replicas.get(id);
        if (replica == null) {
            throw new IOException("group " + id + " cannot be brought up", why);
        }
        replica.machine().fail(GroupFailure.Stage.LOG, "start", why);
        replica.machine().close();
    }

    /** Called by Ratis for each group, before it is started. */
    private StateMachine newStateMachine(RaftGroupId raftId) {
        GroupId id = RaftTypes.group(raftId);
        GroupStateMachine machine = new GroupStateMachine(id, states.apply(id));
        replicas.put(id, new Replica(id, machine, config));
        return machine;
    }

    /** Right after a group was started. */
    private void settle(RaftServer running, GroupId id) {
        Replica replica = replicas.get(id);
        if (replica == null) {
            return;
        }
        if (Divisions.hasForgotten(running, id, replica.machine())) {
            // Entries with the numbers of those that are applied already would be skipped; and who
            // has forgotten its vote might vote twice.
            IOException lost = new IOException("the log ends before what is applied");
            replica.machine().fail(GroupFailure.Stage.LOG, "go on", lost);
        }
        if (replica.machine().failure() == null) {
            Divisions.electIfAlone(running, config.self().id(), id, replica.nextCall());
        } else {
            Divisions.close(running, id);
        }
    }

    /**
     * Adds a replica of a group to this node; a group that is already here is left as it is.
     *
     * @param members all first members of a new group, this node among them; or none, if this node
     *     is to join a group that exists, by {@link #changeMembers} on its leader
     * @throws IOException if the state does not open; the group is then not here
     */
    public void addGroup(GroupId id, List<Peer> members) throws IOException {
        Membership.of(members);
        if (!members.isEmpty()
                && members.stream().noneMatch(peer -> peer.id().equals(config.self().id()))) {
            throw new IllegalArgumentException(
                    "this node, " + config.self().id() + ", is no member: " + members);
        }
        changes.lock();
        try {
            RaftServer running = running();
            if (!members.isEmpty() && Divisions.isBlank(running, id)) {
                // A crash came between the creation of the folder and the first entry, which would
                // have held the members.
                remove(running, id);
            }
            if (!replicas.containsKey(id)) {
                add(running, id, RaftTypes.raft(members));
            }
        } finally {
            changes.unlock();
        }
    }

    /**
     * Adds a replica that is to join a group that exists and never to vote; a group that is already
     * here is left as it is. It follows once {@link #changeMembers} on the leader names it.
     *
     * @throws IOException if the state does not open; the group is then not here
     */
    public void addListener(GroupId id) throws IOException {
        changes.lock();
        try {
            if (!replicas.containsKey(id)) {
                // Without this role from the start it would stand for election.
                add(running(), id, List.of(RaftTypes.listener(config.self())));
            }
        } finally {
            changes.unlock();
        }
    }

    private void add(RaftServer running, GroupId id, List<RaftPeer> members) throws IOException {
        if (Files.exists(folder(id))) {
            throw new IOException("group " + id + " is not running but has data: " + folder(id));
        }
        try {
            requests.add(running, id, members);
        } catch (AlreadyExistsException e) {
            LOG.debug("group {} is already here", id);
        } catch (IOException e) {
            forget(id, e);
            throw e;
        }
        Replica replica = replicas.get(id);
        GroupFailure failure = replica == null ? null : replica.machine().failure();
        if (failure != null) {
            remove(running, id);
            throw new IOException("group " + id + " does not open", failure.cause());
        }
        settle(running, id);
    }

    /** Ratis does not know the group it failed to add; its folder must not stand in the way. */
    private void forget(GroupId id, IOException cause) {
        Replica replica = replicas.remove(id);
        try {
            if (replica != null) {
                replica.machine().close();
            }
            if (Files.exists(folder(id))) {
                Files.move(folder(id), RaftSettings.removedFolder(config).resolve(id.toString()));
                Folders.empty(RaftSettings.removedFolder(config));
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * Removes this node's replica and deletes its data; a group that is not here is fine. It stays
     * a member as far as the others know: change the members first.
     */
    public void removeGroup(GroupId id) throws IOException {
        changes.lock();
        try {
            remove(running(), id);
        } finally {
            changes.unlock();
        }
    }

    private void remove(RaftServer running, GroupId id) throws IOException {
        Folders.empty(RaftSettings.removedFolder(config));
        try {
            requests.remove(running, id, GroupRequests.Data.SET_ASIDE);
        } catch (GroupMismatchException e) {
            LOG.debug("group {} is not here", id);
        }
        replicas.remove(id);
        if (Files.exists(folder(id))) {
            // Ratis could not bring it up, so that it knows nothing of the folder.
            Files.move(folder(id), RaftSettings.removedFolder(config).resolve(id.toString()));
        }
        Folders.empty(RaftSettings.removedFolder(config));
    }

    /**
     * Opens a replica that has failed once more, with the data that it has here and a new state. It
     * may fail again. One that has not failed is left as it is.
     */
    public void reopen(GroupId id) throws IOException {
        changes.lock();
        try {
            Replica failed = replicas.get(id);
            if (failed == null || failed.machine().failure() == null) {
                return;
            }
            RaftServer running = running();
            try {
                requests.remove(running, id, GroupRequests.Data.KEPT);
            } catch (GroupMismatchException e) {
                LOG.debug("group {} was never brought up", id);
            }
            failed.machine().close(); // Ratis has, unless it never came to run
            try {
                requests.recover(running, id);
            } catch (IOException e) {
                didNotStart(id, e);
                return;
            }
            settle(running, id);
        } finally {
            changes.unlock();
        }
    }

    private Path folder(GroupId id) {
        return RaftSettings.groupsFolder(config).resolve(id.toString());
    }

    /** Whether a group has no data here, or only the little that is made before any is written. */
    public boolean isLost(GroupId id) {
        RaftServer running = server;
        Replica replica = replicas.get(id);
        return running == null
                || replica == null
                || (replica.machine().failure() == null && Divisions.isBlank(running, id));
    }

    /** The groups of which this node has a replica, working or not. */
    public Set<GroupId> groups() {
        return Set.copyOf(replicas.keySet());
    }

    /**
     * Appends an entry to a group's log. Calls from one thread are appended in their order. May
     * wait for the local append, never for other members; the result comes when the entry is
     * applied. The future never fails. Its dependents must not block.
     *
     * @param entry not to be changed afterwards
     */
    public CompletableFuture<ProposeResult> propose(GroupId id, byte[] entry) {
        RaftServer running = server;
        Replica replica = replicas.get(id);
        if (running == null) {
            return CompletableFuture.completedFuture(
                    new ProposeResult.Unavailable("the node is not running"));
        }
        return replica == null
                ? CompletableFuture.completedFuture(new ProposeResult.UnknownGroup())
                : replica.propose(running, entry);
    }

    /**
     * As {@link #propose}, by way of the leader if that is another node. For rare and small
     * entries: waits some seconds for the answer, and connects anew each time.
     */
    public ProposeResult proposeThroughLeader(GroupId id, byte[] entry) {
        GroupStatus status = status(id);
        Peer leader = status.leader();
        if (status.leads()) {
            return propose(id, entry).join();
        }
        return leader == null
                ? new ProposeResult.NotLeader(null)
                : Forwarding.propose(id, status.members(), leader, config.tls(), entry);
    }

    /**
     * Changes the members of a group from {@code expected} to {@code wanted}, both full lists; to
     * be called on the leader. New members must have the group added; they catch up before they
     * count. Never a majority of new ones at once. Done at once if the members are those wanted.
     * The future never fails.
     */
    public CompletableFuture<MembershipResult> changeMembers(
            GroupId id, Membership expected, Membership wanted) {
        if (wanted.voters().isEmpty()) {
            throw new IllegalArgumentException("a group without members that vote");
        }
        RaftServer running = server;
        Replica replica = replicas.get(id);
        if (running == null || replica == null) {
            return CompletableFuture.completedFuture(new MembershipResult.UnknownGroup());
        }
        GroupStatus status = Divisions.status(running, id, replica.machine());
        if (!status.leads()) {
            return CompletableFuture.completedFuture(
                    new MembershipResult.NotLeader(status.leader()));
        }
        Membership now = new Membership(status.members(), status.listeners());
        if (now.isSame(wanted)) {
            return CompletableFuture.completedFuture(new MembershipResult.Changed());
        }
        if (!now.isSame(expected)) {
            return CompletableFuture.completedFuture(new MembershipResult.OtherMembers(now));
        }
        return replica.changeMembers(running, RaftTypes.change(now, wanted));
    }

    /**
     * Closes a replica whose owner found that it must not go on; it gives its leadership up.
     * Returns at once. A group that is not here, or has failed already, is fine.
     */
    public void fail(GroupId id, Throwable cause) {
        Replica replica = replicas.get(id);
        RaftServer running = server;
        if (replica == null || running == null) {
            return;
        }
        replica.machine().fail(GroupFailure.Stage.OWNER, "go on", cause);
        try {
            upkeep.execute(() -> closeFailed(running, id));
        } catch (RejectedExecutionException e) {
            LOG.debug("group {} closes with the node", id, e);
        }
    }

    /** How this node's replica of a group stands. */
    public GroupStatus status(GroupId id) {
        RaftServer running = server;
        Replica replica = replicas.get(id);
        return running == null || replica == null
                ? GroupStatus.absent()
                : Divisions.status(running, id, replica.machine());
    }

    /**
     * Checkpoints a group's state now, and lets the log before it go. Waits for it; what can be
     * prepared for it is, while entries are applied.
     *
     * @return index that the latest snapshot includes, −1 if nothing was applied yet
     */
    public long snapshot(GroupId id) throws IOException {
        Replica replica = replicas.get(id);
        if (replica == null) {
            throw new IOException("no group " + id + " here");
        }
        GroupStateMachine machine = replica.machine();
        if (machine.beginPreparing()) {
            machine.prepareSnapshot();
        }
        machine.forceSnapshot();
        RaftClientReply reply =
                Waiting.await("snapshot of " + id, replica.requestSnapshot(running()));
        if (!reply.isSuccess()) {
            throw new IOException("no snapshot of " + id, reply.getException());
        }
        IOException failure = machine.snapshotFailure();
        if (failure != null) {
            throw new IOException("no snapshot of " + id, failure);
        }
        return machine.snapshot().index();
    }

    /** Snapshots by bytes and age; closes replicas that failed outside of the apply thread. */
    private void upkeep() {
        RaftServer running = server;
        if (running == null) {
            return;
        }
        replicas.forEach((id, replica) -> {
            try {
                if (replica.machine().failure() != null) {
                    closeFailed(running, id);
                } else if (replica.machine().snapshotDue(config.snapshots())
                        && replica.machine().beginPreparing()) {
                    preparer.execute(() -> replica.snapshotSoon(running));
                }
            } catch (RuntimeException e) {
                LOG.warn("upkeep of group {} failed", id, e);
            }
        });
    }

    /** Not while groups come and go: one that is just being started must not be closed. */
    private void closeFailed(RaftServer running, GroupId id) {
        if (changes.tryLock()) {
            try {
                Divisions.close(running, id);
            } finally {
                changes.unlock();
            }
        }
    }

    /** Stops all groups, in order, and closes their states. Nothing happens the second time. */
    @Override
    public void close() throws IOException {
        upkeep.shutdownNow();
        preparer.shutdownNow();
        RaftServer running = server;
        server = null;
        stop(running);
    }

    private void stop(@Nullable RaftServer running) throws IOException {
        if (running != null) {
            running.close();
        }
        IOException failure = null;
        for (Map.Entry<GroupId, Replica> replica : replicas.entrySet()) {
            try {
                // Ratis has closed it, unless it never came to run or failed on the way.
                replica.getValue().machine().close();
            } catch (IOException e) {
                LOG.error("group {} does not close", replica.getKey(), e);
                failure = e;
            }
        }
        replicas.clear();
        if (failure != null) {
            throw failure;
        }
    }

    private RaftServer running() throws IOException {
        RaftServer running = server;
        if (running == null) {
            throw new IOException("the node is not running");
        }
        return running;
    }
}
