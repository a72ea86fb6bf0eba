package io.vectron.placement.run;

import io.vectron.common.rpc.Address;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.plan.Action;
import io.vectron.placement.plan.ActionResult;
import io.vectron.placement.plan.ChangeAction;
import io.vectron.placement.worker.ReplicaClient;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.ChangeMembersRequest;
import io.vectron.proto.worker.v1.Member;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Carries the actions of {@link ChangeAction} out. Any thread, but one a shard. */
final class ChangeActions {
    /** A new member that lacks no more applies it within a moment. */
    private static final long CLOSE_ENTRIES = 64;

    private final Supplier<Cluster> cluster;
    private final Actions actions;
    private final ReplicaClient replicas;
    private final Predicate<String> gone;

    /**
     * @param gone whether a worker is given up
     */
    ChangeActions(
            Supplier<Cluster> cluster,
            Actions actions,
            ReplicaClient replicas,
            Predicate<String> gone) {
        this.cluster = cluster;
        this.actions = actions;
        this.replicas = replicas;
        this.gone = gone;
    }

    ActionResult run(ChangeAction action) throws InterruptedException {
        return switch (action) {
            case ChangeAction.Add add -> add(add);
            case ChangeAction.ChangeMembers change -> changeMembers(change);
            case ChangeAction.AwaitCaughtUp await -> caughtUp(await);
            case ChangeAction.RaiseEpoch raise ->
                    onLeader(
                            raise.shard(),
                            at -> replicas.setEpoch(at, raise.shard().getGroup(), raise.epoch()));
            case ChangeAction.Remove remove ->
                    onWorker(remove.from(), at -> replicas.remove(at, remove.group()));
            case ChangeAction.AddGroup group -> addGroup(group);
            case ChangeAction.AwaitLeader group -> awaitLeader(group);
            case ChangeAction.RemoveGroup group -> removeEverywhere(group.group());
            case ChangeAction.WriteCatalogue write ->
                    actions.run(new Action.WriteCatalogue(write.record()));
        };
    }

    private ActionResult add(ChangeAction.Add add) throws InterruptedException {
        AddReplicaRequest request =
                Actions.request(add.record(), add.generation(), add.shard())
                        .setListener(add.listener())
                        .build();
        return onWorker(add.joins(), at -> replicas.add(at, request));
    }

    /**
     * Without the few that are gone: they are replaced later, like any other member. All others are
     * added in one go, or the group is given up: a member that is not there any more may have voted
     * already, and would vote again without knowing.
     */
    private ActionResult addGroup(ChangeAction.AddGroup group) throws InterruptedException {
        ShardPlacement shard = group.only().getGenerations(0).getShards(0);
        List<String> lost = shard.getMembersList().stream().filter(gone).toList();
        if (lost.size() * 2 >= shard.getMembersCount()) {
            return new ActionResult.Retry("too many of the new members are gone: " + lost);
        }
        List<String> here = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        for (String member : shard.getMembersList()) {
            if (lost.contains(member)) {
                continue;
            }
            switch (described(member, shard)) {
                case ReplicaClient.Described.Here _ -> here.add(member);
                case ReplicaClient.Described.Absent _ -> absent.add(member);
                case ReplicaClient.Described.Unavailable(var reason) -> {
                    return new ActionResult.Retry("worker " + member + ": " + reason);
                }
            }
        }
        if (absent.isEmpty()) {
            return new ActionResult.Done();
        }
        return here.isEmpty()
                ? actions.addReplicas(group.only(), lost::contains)
                : new ActionResult.Lost("the group has begun on " + here + " without " + absent);
    }

    /** A new group that lost most of its members before it led has nothing to wait for. */
    private ActionResult awaitLeader(ChangeAction.AwaitLeader group) throws InterruptedException {
        ActionResult result = actions.run(new Action.CheckLeaders(group.only()));
        if (result instanceof ActionResult.Done) {
            return result;
        }
        ShardPlacement shard = group.only().getGenerations(0).getShards(0);
        int lost = 0;
        for (String member : shard.getMembersList()) {
            lost += lost(member, described(member, shard)) == null ? 0 : 1;
        }
        return 2 * lost >= shard.getMembersCount()
                ? new ActionResult.Lost(lost + " of the new members have lost what they had")
                : result;
    }

    private ActionResult changeMembers(ChangeAction.ChangeMembers change)
            throws InterruptedException {
        ChangeMembersRequest.Builder request =
                ChangeMembersRequest.newBuilder()
                        .setGroup(change.shard().getGroup())
                        .setListener(change.listener())
                        .setLeaves(change.leaves());
        if (!change.joins().isEmpty()) {
            WorkerNode joins = cluster.get().workers().get(change.joins());
            if (joins == null || !joins.hasAddress()) {
                return new ActionResult.Retry("worker " + change.joins() + " has no address");
            }
            request.setJoins(
                    Member.newBuilder()
                            .setWorker(joins.id())
                            .setHost(joins.host())
                            .setRaftPort(joins.raftPort()));
        }
        ActionResult result =
                onLeader(change.shard(), at -> replicas.changeMembers(at, request.build()));
        if (result instanceof ActionResult.Done || change.joins().isEmpty()) {
            return result;
        }
        ActionResult.Lost lost = lost(change.joins(), described(change.joins(), change.shard()));
        return lost == null ? result : lost;
    }

    private ReplicaClient.Described described(String worker, ShardPlacement shard)
            throws InterruptedException {
        Address address = address(worker);
        return address == null
                ? new ReplicaClient.Described.Unavailable("no address")
                : replicas.describe(address, shard.getGroup());
    }

    /** A new member that has lost what it was given catches up no more; null if it may. */
    private static ActionResult.@Nullable Lost lost(
            String worker, ReplicaClient.Described described) {
        return switch (described) {
            case ReplicaClient.Described.Absent() ->
                    new ActionResult.Lost(worker + " has no replica any more");
            case ReplicaClient.Described.Here(ReplicaStatus replica) ->
                    switch (replica.getCondition().getConditionCase()) {
                        case FAILED, QUARANTINED ->
                                new ActionResult.Lost(worker + " stopped: " + replica.getProblem());
                        case OPENING, JOINING, RUNNING, LOG_DIVERGED, OUTDATED, CONDITION_NOT_SET ->
                                null;
                    };
            case ReplicaClient.Described.Unavailable(var reason) -> null;
        };
    }

    private ActionResult caughtUp(ChangeAction.AwaitCaughtUp await) throws InterruptedException {
        String group = await.shard().getGroup();
        ReplicaClient.Described own = described(await.joins(), await.shard());
        ActionResult.Lost lost = lost(await.joins(), own);
        if (lost != null) {
            return lost;
        }
        if (!(own instanceof ReplicaClient.Described.Here(ReplicaStatus joining))) {
            return new ActionResult.Retry("worker " + await.joins() + ": " + own);
        }
        if (joining.getRole() == Role.ROLE_LEADER) {
            return new ActionResult.Done();
        }
        if (joining.getRole() != Role.ROLE_FOLLOWER && joining.getRole() != Role.ROLE_LISTENER) {
            return new ActionResult.NotYet(await.joins() + " is " + joining.getRole());
        }
        for (String member : await.shard().getMembersList()) {
            Address at = address(member);
            if (at != null
                    && replicas.describe(at, group)
                            instanceof ReplicaClient.Described.Here(ReplicaStatus other)
                    && other.getRole() == Role.ROLE_LEADER) {
                // Asked after the new member: what it lacks can only be less.
                return joining.getPosition() >= other.getPosition() || closes(joining, other)
                        ? new ActionResult.Done()
                        : new ActionResult.NotYet(
                                await.joins()
                                        + " is at "
                                        + joining.getPosition()
                                        + " of "
                                        + other.getPosition());
            }
        }
        return new ActionResult.NotYet("shard " + await.shard().getShard() + " has no leader");
    }

    /** Under load the leader is always ahead by what is on its way. */
    private static boolean closes(ReplicaStatus joining, ReplicaStatus leader) {
        return joining.getPosition() > 0
                && leader.getPosition() - joining.getPosition() <= CLOSE_ENTRIES;
    }

    private ActionResult removeEverywhere(String group) throws InterruptedException {
        for (WorkerNode worker : cluster.get().workers().values()) {
            if (worker.hasAddress()) {
                // One that does not answer now is no member any more: a stray when it comes back.
                var _ = replicas.remove(new Address(worker.host(), worker.port()), group);
            }
        }
        return new ActionResult.Done();
    }

    private ActionResult onWorker(String worker, Call call) throws InterruptedException {
        Address address = address(worker);
        if (address == null) {
            return new ActionResult.Retry("worker " + worker + " has no address");
        }
        return switch (call.on(address)) {
            case ReplicaClient.Result.Done done -> new ActionResult.Done();
            case ReplicaClient.Result.Refused refused ->
                    new ActionResult.Refused(refused.failure());
            case ReplicaClient.Result.Unavailable unavailable ->
                    new ActionResult.Retry("worker " + worker + ": " + unavailable.reason());
        };
    }

    /** Asks the members, those that join or leave among them, until the leader answers. */
    private ActionResult onLeader(ShardPlacement shard, LeaderCall call)
            throws InterruptedException {
        List<String> reasons = new ArrayList<>();
        for (String member : shard.getMembersList()) {
            Address address = address(member);
            if (address == null) {
                reasons.add(member + " has no address");
                continue;
            }
            switch (call.on(address)) {
                case ReplicaClient.Led.Done done -> {
                    return new ActionResult.Done();
                }
                case ReplicaClient.Led.NotYet notYet -> {
                    return new ActionResult.NotYet(member + ": " + notYet.reason());
                }
                case ReplicaClient.Led.NotLeader other ->
                        reasons.add(member + " follows '" + other.leader() + "'");
                case ReplicaClient.Led.Unavailable unavailable ->
                        reasons.add(member + ": " + unavailable.reason());
            }
        }
        return new ActionResult.Retry(
                "shard " + shard.getShard() + ": " + String.join("; ", reasons));
    }

    private @Nullable Address address(String worker) {
        WorkerNode node = cluster.get().workers().get(worker);
        return node == null || !node.hasAddress() ? null : new Address(node.host(), node.port());
    }

    /** A call to one worker. */
    @FunctionalInterface
    private interface Call {
        ReplicaClient.Result on(Address address) throws InterruptedException;
    }

    /** A call that only the leader answers. */
    @FunctionalInterface
    private interface LeaderCall {
        ReplicaClient.Led on(Address address) throws InterruptedException;
    }
}
