package io.vectron.worker.api;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.proto.worker.v1.ChangeMembersRequest;
import io.vectron.proto.worker.v1.ChangeMembersResponse;
import io.vectron.proto.worker.v1.Changed;
import io.vectron.proto.worker.v1.Member;
import io.vectron.proto.worker.v1.NotConfirmed;
import io.vectron.proto.worker.v1.Preparing;
import io.vectron.proto.worker.v1.UnknownShard;
import io.vectron.replication.GroupId;
import io.vectron.replication.GroupStatus;
import io.vectron.replication.Membership;
import io.vectron.replication.MembershipResult;
import io.vectron.replication.Peer;
import io.vectron.replication.PeerId;
import io.vectron.replication.ReplicationNode;
import io.vectron.worker.replica.JoinPreparation;
import io.vectron.worker.replica.ShardReplica;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Changes the members of groups that are led from here. */
final class Memberships {
    private final ReplicationNode node;
    private final Function<UUID, @Nullable ShardReplica> replicas;
    private final JoinPreparation preparation;

    /**
     * @param replicas finds a replica of this worker
     */
    Memberships(
            ReplicationNode node,
            Function<UUID, @Nullable ShardReplica> replicas,
            JoinPreparation preparation) {
        this.node = node;
        this.replicas = replicas;
        this.preparation = preparation;
    }

    /**
     * Lets a member join, and another one leave. Whoever joins must ask until it is prepared.
     *
     * @throws VectronException INVALID_REQUEST if the group would have no member with a vote, or
     *     the one that joins is none
     */
    CompletableFuture<ChangeMembersResponse> change(UUID group, ChangeMembersRequest request) {
        Peer joins = request.hasJoins() ? peer(request.getJoins()) : null;
        GroupId id = new GroupId(group);
        GroupStatus status = node.status(id);
        if (status.lifecycle() == GroupStatus.Lifecycle.ABSENT || !status.leads()) {
            return CompletableFuture.completedFuture(
                    answer(
                            status.lifecycle() == GroupStatus.Lifecycle.ABSENT
                                    ? new MembershipResult.UnknownGroup()
                                    : new MembershipResult.NotLeader(status.leader())));
        }
        Membership now = new Membership(status.members(), status.listeners());
        Membership wanted =
                new Membership(
                        changed(now.voters(), request, request.getListener() ? null : joins, joins),
                        changed(
                                now.listeners(),
                                request,
                                request.getListener() ? joins : null,
                                joins));
        if (wanted.voters().isEmpty()) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST, "leaves", "no member with a vote would be left");
        }
        ShardReplica leader = replicas.apply(group);
        if (joins != null
                && leader != null
                && !now.has(joins.id())
                && !preparation.isReady(leader, joins.id())) {
            return CompletableFuture.completedFuture(
                    ChangeMembersResponse.newBuilder()
                            .setPreparing(Preparing.getDefaultInstance())
                            .build());
        }
        return node.changeMembers(id, now, wanted).thenApply(Memberships::answer);
    }

    /** The list without whoever leaves, and with whoever is to be in it. */
    private static List<Peer> changed(
            List<Peer> now,
            ChangeMembersRequest request,
            @Nullable Peer added,
            @Nullable Peer joins) {
        List<Peer> changed = new ArrayList<>();
        for (Peer peer : now) {
            boolean isJoining = joins != null && peer.id().equals(joins.id());
            if (!peer.id().id().equals(request.getLeaves()) && !isJoining) {
                changed.add(peer);
            }
        }
        if (added != null) {
            changed.add(added);
        }
        return changed;
    }

    private static ChangeMembersResponse answer(MembershipResult result) {
        ChangeMembersResponse.Builder answer = ChangeMembersResponse.newBuilder();
        switch (result) {
            case MembershipResult.Changed() -> answer.setChanged(Changed.getDefaultInstance());
            case MembershipResult.NotLeader(var leader) ->
                    answer.setNotLeader(Ingest.notLeader(leader));
            case MembershipResult.UnknownGroup() ->
                    answer.setUnknownShard(UnknownShard.getDefaultInstance());
            case MembershipResult.OtherMembers(var members) ->
                    answer.setNotConfirmed(
                            NotConfirmed.newBuilder().setReason("changed to " + members));
            case MembershipResult.Unavailable(var reason) ->
                    answer.setNotConfirmed(NotConfirmed.newBuilder().setReason(reason));
        }
        return answer.build();
    }

    private static Peer peer(Member member) {
        try {
            return new Peer(new PeerId(member.getWorker()), member.getHost(), member.getRaftPort());
        } catch (IllegalArgumentException e) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    "joins",
                    String.valueOf(e.getMessage()),
                    Map.of(),
                    e);
        }
    }
}
