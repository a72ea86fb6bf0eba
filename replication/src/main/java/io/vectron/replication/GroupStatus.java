package io.vectron.replication;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a replica stands, as this node knows it.
 *
 * @param lifecycle look at this first: a replica that closed after an I/O error may go on claiming
 *     any {@code role}
 * @param term newest term seen
 * @param leader who leads, if known
 * @param last last entry of the log, committed or not
 * @param applied last position applied, durably or not
 * @param committed index up to which the log is known to be committed, −1 if nothing is
 * @param snapshot position of the latest finished snapshot
 * @param members the members that vote, as in the newest configuration of the log
 * @param listeners the members that do not
 * @param failure why the replica closed by itself
 */
public record GroupStatus(
        Lifecycle lifecycle,
        Role role,
        long term,
        @Nullable Peer leader,
        RaftPosition last,
        RaftPosition applied,
        long committed,
        RaftPosition snapshot,
        List<Peer> members,
        List<Peer> listeners,
        @Nullable GroupFailure failure) {

    /** Part that a replica plays in the current term. */
    public enum Role {
        LEADER,
        CANDIDATE,
        FOLLOWER,
        LISTENER,
        NONE
    }

    /** Whether a replica works. */
    public enum Lifecycle {
        /** This node has no replica of the group. */
        ABSENT,
        STARTING,
        RUNNING,
        /** A snapshot of the leader is being installed. */
        INSTALLING,
        CLOSED,
        /** Closed by itself; see {@link GroupStatus#failure}. A restart of the node may help. */
        FAILED
    }

    public GroupStatus {
        members = List.copyOf(members);
        listeners = List.copyOf(listeners);
    }

    /** The answer for a group that has no replica on this node. */
    public static GroupStatus absent() {
        return new GroupStatus(
                Lifecycle.ABSENT,
                Role.NONE,
                0,
                null,
                RaftPosition.NONE,
                RaftPosition.NONE,
                -1,
                RaftPosition.NONE,
                List.of(),
                List.of(),
                null);
    }

    /** A replica that Ratis could not bring up. */
    static GroupStatus failed(GroupFailure failure) {
        return new GroupStatus(
                Lifecycle.FAILED,
                Role.NONE,
                0,
                null,
                RaftPosition.NONE,
                RaftPosition.NONE,
                -1,
                RaftPosition.NONE,
                List.of(),
                List.of(),
                failure);
    }

    /** Whether this replica leads and works. */
    public boolean leads() {
        return lifecycle == Lifecycle.RUNNING && role == Role.LEADER;
    }
}
