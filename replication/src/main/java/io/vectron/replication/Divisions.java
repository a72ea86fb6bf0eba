package io.vectron.replication;

import java.io.IOException;
import java.util.Collection;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at, and nudges, what Ratis runs for a group: its division. */
final class Divisions {
    private static final Logger LOG = LoggerFactory.getLogger(Divisions.class);

    private Divisions() {}

    static GroupStatus status(RaftServer server, GroupId id, GroupStateMachine machine) {
        RaftServer.Division division = find(server, id);
        GroupFailure failure = machine.failure();
        if (division == null) {
            return failure == null ? GroupStatus.absent() : GroupStatus.failed(failure);
        }
        DivisionInfo info = division.getInfo();
        RaftConfiguration members = division.getRaftConf();
        return new GroupStatus(
                lifecycle(info.getLifeCycleState(), machine),
                role(info.getCurrentRole()),
                info.getCurrentTerm(),
                info.getLeaderId() == null
                        ? null
                        : RaftTypes.peer(members.getPeer(info.getLeaderId())),
                last(division),
                machine.applied(),
                committed(division),
                machine.snapshot(),
                RaftTypes.peers(members.getCurrentPeers()),
                RaftTypes.peers(members.getCurrentPeers(RaftPeerRole.LISTENER)),
                failure);
    }

    /** None, too, while the log is not open, and of one of which all is in the snapshot. */
    private static RaftPosition last(RaftServer.Division division) {
        try {
            TermIndex last = division.getRaftLog().getLastEntryTermIndex();
            return last == null ? RaftPosition.NONE : RaftTypes.position(last);
        } catch (IllegalStateException e) {
            return RaftPosition.NONE;
        }
    }

    private static GroupStatus.Lifecycle lifecycle(
            LifeCycle.State state, GroupStateMachine machine) {
        if (machine.failure() != null) {
            return GroupStatus.Lifecycle.FAILED;
        }
        return switch (state) {
            case NEW, STARTING -> GroupStatus.Lifecycle.STARTING;
            case RUNNING ->
                    machine.installing()
                            ? GroupStatus.Lifecycle.INSTALLING
                            : GroupStatus.Lifecycle.RUNNING;
            case PAUSING, PAUSED -> GroupStatus.Lifecycle.INSTALLING;
            case EXCEPTION -> GroupStatus.Lifecycle.FAILED;
            case CLOSING, CLOSED -> GroupStatus.Lifecycle.CLOSED;
        };
    }

    private static GroupStatus.Role role(@Nullable RaftPeerRole role) {
        if (role == null) {
            return GroupStatus.Role.NONE;
        }
        return switch (role) {
            case LEADER -> GroupStatus.Role.LEADER;
            case CANDIDATE -> GroupStatus.Role.CANDIDATE;
            case FOLLOWER -> GroupStatus.Role.FOLLOWER;
            case LISTENER -> GroupStatus.Role.LISTENER;
            case UNRECOGNIZED -> GroupStatus.Role.NONE;
        };
    }

    private static long committed(RaftServer.Division division) {
        try {
            return division.getRaftLog().getLastCommittedIndex();
        } catch (IllegalStateException e) {
            return -1; // the log is not open yet
        }
    }

    /** Whether a group was formatted but never had a member, an entry or a term. */
    static boolean isBlank(RaftServer server, GroupId id) {
        RaftServer.Division division = find(server, id);
        return division != null
                && division.getRaftConf().getCurrentPeers().isEmpty()
                && division.getInfo().getCurrentTerm() == 0
                && division.getRaftLog().getLastEntryTermIndex() == null;
    }

    /** Whether the log was lost, or a part at its end, while the state was not. */
    static boolean hasForgotten(RaftServer server, GroupId id, GroupStateMachine machine) {
        RaftServer.Division division = find(server, id);
        RaftPosition applied = machine.applied();
        if (division == null || machine.failure() != null || applied.isNone()) {
            return false;
        }
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        long end = Math.max(last == null ? -1 : last.getIndex(), machine.snapshot().index());
        return applied.index() > end || isBlank(server, id);
    }

    /**
     * A group whose only member is here need not wait for anybody: it is asked to elect at once. If
     * the request is refused, the usual timeouts apply.
     */
    static void electIfAlone(RaftServer server, PeerId self, GroupId id, long call) {
        RaftServer.Division division = find(server, id);
        if (division == null) {
            return;
        }
        Collection<RaftPeer> members = division.getRaftConf().getAllPeers();
        if (members.size() != 1
                || !members.iterator().next().getId().equals(RaftTypes.raft(self))) {
            return;
        }
        RaftRpcRequestProto.Builder from =
                RaftRpcRequestProto.newBuilder()
                        .setRequestorId(RaftTypes.raft(self).toByteString())
                        .setReplyId(RaftTypes.raft(self).toByteString())
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(RaftTypes.raft(id)))
                        .setCallId(call);
        long term = division.getInfo().getCurrentTerm();
        try {
            server.startLeaderElection(
                    StartLeaderElectionRequestProto.newBuilder()
                            .setServerRequest(from)
                            .setLeaderLastEntry(TermIndexProto.newBuilder().setTerm(term))
                            .build());
        } catch (IOException | RuntimeException e) {
            LOG.debug("group {} waits for its election timeout", id, e);
        }
    }

    /** Closes a division that works no longer, so that it gives its leadership up. */
    static void close(RaftServer server, GroupId id) {
        RaftServer.Division division = find(server, id);
        if (division != null && division.getInfo().isAlive()) {
            try {
                division.close();
            } catch (RuntimeException e) {
                LOG.warn("the failed group {} does not close", id, e);
            }
        }
    }

    private static RaftServer.@Nullable Division find(RaftServer server, GroupId id) {
        try {
            return server.getDivision(RaftTypes.raft(id));
        } catch (IOException e) {
            LOG.debug("no division of group {}", id, e);
            return null;
        }
    }
}
