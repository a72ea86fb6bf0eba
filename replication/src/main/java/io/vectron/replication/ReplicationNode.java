package io.vectron.replication;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One server of replicated groups. Any thread may call any method; those that change a group wait
 * for the disk, and for other members only where it says so.
 */
@SuppressWarnings("DoNotCallSuggester") // the bodies follow
public final class ReplicationNode implements AutoCloseable {
    private final ReplicationConfig config;
    private final Function<GroupId, ReplicatedState> states;

    /**
     * @param states makes the state of a group; called once for each group that starts here
     */
    public ReplicationNode(ReplicationConfig config, Function<GroupId, ReplicatedState> states) {
        this.config = config;
        this.states = states;
    }

    /** Listens, and brings up every group found on the disk. To be called once. */
    public void start() throws IOException {
        throw new IOException("not built: " + config.self() + states);
    }

    /**
     * Adds a replica of a group to this node; a group that is already here is left as it is.
     *
     * @param members all first members of a new group, this node among them; or none, if this node
     *     is to join a group that exists, by {@link #changeMembers} on its leader
     */
    public void addGroup(GroupId id, List<Peer> members) throws IOException {
        throw new IOException("not built: " + id + members);
    }

    /**
     * Removes this node's replica and deletes its data; a group that is not here is fine. It stays
     * a member as far as the others know: change the members first.
     */
    public void removeGroup(GroupId id) throws IOException {
        throw new IOException("not built: " + id);
    }

    /** The groups of which this node has a replica, working or not. */
    public Set<GroupId> groups() {
        return Set.of();
    }

    /**
     * Appends an entry to a group's log. Calls from one thread are appended in their order. May
     * wait for the local append, never for other members; the result comes when the entry is
     * applied. The future never fails. Its dependents must not block.
     *
     * @param entry not to be changed afterwards
     */
    public CompletableFuture<ProposeResult> propose(GroupId id, byte[] entry) {
        return CompletableFuture.completedFuture(new ProposeResult.UnknownGroup());
    }

    /**
     * Makes {@code members}, the full list, the members of a group; to be called on the leader. New
     * members must have the group added; they catch up before they count.
     */
    public CompletableFuture<MembershipResult> changeMembers(GroupId id, List<Peer> members) {
        return CompletableFuture.completedFuture(new MembershipResult.UnknownGroup());
    }

    /** How this node's replica of a group stands. */
    public GroupStatus status(GroupId id) {
        return GroupStatus.absent();
    }

    /**
     * Checkpoints a group's state now, and lets the log before it go.
     *
     * @return index that the latest snapshot includes
     */
    public long snapshot(GroupId id) throws IOException {
        throw new IOException("not built: " + id);
    }

    /** Stops all groups, in order, and closes their states. */
    @Override
    public void close() throws IOException {}
}
