package io.vectron.standalone.simulation;

import io.vectron.placement.plan.ActionResult;
import io.vectron.placement.plan.ChangeAction;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.SetEpoch;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.replication.RaftPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the steps of placement's plans do to workers; as there, each may be done twice. */
final class ChangeSteps {
    private static final long FIRST_EPOCH = 1; // every group begins with it
    private static final long CLOSE = 64; // as near as a new member must come to the leader

    private final Simulation world;

    ChangeSteps(Simulation world) {
        this.world = world;
    }

    /** The group of a new shard. */
    void create(ShardPlacement shard) {
        UUID group = UUID.fromString(shard.getGroup());
        world.addGroup(group);
        world.judge().begins(group, FIRST_EPOCH);
        shard.getMembersList().forEach(member -> add(shard, member));
    }

    /** A single replica that its worker has lost begins anew from offset zero. */
    void restoreOnlyReplica(ShardPlacement shard, Heartbeats heartbeats) {
        String only = shard.getMembers(0);
        UUID group = UUID.fromString(shard.getGroup());
        if (shard.getMembersCount() == 1
                && world.worker(only).isHeard()
                && heartbeats.times(only) > 1
                && world.worker(only).replica(group) == null) {
            world.judge().begins(group, FIRST_EPOCH);
            add(shard, only);
            world.note(Happening.SHARD_RENEWED, only, "its only replica was lost");
        }
    }

    ActionResult run(ChangeAction action) {
        return switch (action) {
            case ChangeAction.Add add -> add(add);
            case ChangeAction.ChangeMembers change -> changeMembers(change);
            case ChangeAction.AwaitCaughtUp await -> caughtUp(await);
            case ChangeAction.RaiseEpoch raise -> raiseEpoch(raise);
            case ChangeAction.Remove remove -> remove(remove);
            case ChangeAction.AddGroup add -> addGroup(shardOf(add.only()));
            case ChangeAction.AwaitLeader await -> awaitLeader(shardOf(await.only()));
            case ChangeAction.RemoveGroup remove -> removeGroup(UUID.fromString(remove.group()));
            case ChangeAction.WriteCatalogue _ -> new ActionResult.Done();
        };
    }

    private static ShardPlacement shardOf(CatalogRecord only) {
        return only.getGenerations(0).getShards(0);
    }

    /** Gives a worker an empty replica of a group that begins, unless it has one. */
    private void add(ShardPlacement shard, String member) {
        UUID group = UUID.fromString(shard.getGroup());
        if (world.worker(member).replica(group) == null) {
            SimulatedReplica replica =
                    new SimulatedReplica(world, world.facts(group, FIRST_EPOCH), member);
            List<String> voters = List.copyOf(shard.getMembersList());
            replica.raft().log().reset(new RaftLog.Base(RaftPosition.NONE, voters));
            world.worker(member).add(group, replica);
        }
    }

    private ActionResult add(ChangeAction.Add add) {
        if (!world.worker(add.joins()).isHeard()) {
            return new ActionResult.Retry(add.joins() + " is not heard");
        }
        UUID group = UUID.fromString(add.shard().getGroup());
        if (world.worker(add.joins()).replica(group) == null) {
            SimulatedReplica replica =
                    new SimulatedReplica(world, world.facts(group, FIRST_EPOCH), add.joins());
            world.worker(add.joins()).add(group, replica);
        }
        return new ActionResult.Done();
    }

    private ActionResult changeMembers(ChangeAction.ChangeMembers change) {
        if (hasLost(change.joins(), change.shard())) {
            return new ActionResult.Lost(change.joins() + " has nothing");
        }
        SimulatedReplica leader = leader(change.shard());
        if (leader == null) {
            return new ActionResult.Retry("no leader");
        }
        List<String> wanted = new ArrayList<>(leader.raft().log().voters());
        wanted.remove(change.leaves());
        if (!change.joins().isEmpty() && !wanted.contains(change.joins())) {
            wanted.add(change.joins());
        }
        long committed = leader.raft().committed();
        if (leader.raft().log().votersAt(committed).equals(wanted)
                && !leader.raft().log().changesVotersAfter(committed)) {
            return new ActionResult.Done();
        }
        leader.raft().changeVoters(wanted);
        return new ActionResult.NotYet("proposed");
    }

    /** Whether a worker answers that a replica that it was given is gone, or has stopped. */
    private boolean hasLost(String worker, ShardPlacement shard) {
        if (worker.isEmpty() || !world.worker(worker).isHeard()) {
            return false;
        }
        SimulatedReplica replica = world.worker(worker).replica(UUID.fromString(shard.getGroup()));
        return replica == null || replica.stopped() != null;
    }

    private ActionResult caughtUp(ChangeAction.AwaitCaughtUp await) {
        if (hasLost(await.joins(), await.shard())) {
            return new ActionResult.Lost(await.joins() + " has nothing");
        }
        UUID group = UUID.fromString(await.shard().getGroup());
        SimulatedReplica joining = world.worker(await.joins()).replica(group);
        SimulatedReplica leader = leader(await.shard());
        if (joining == null
                || leader == null
                || !joining.isOpen()
                || !world.worker(await.joins()).isHeard()) {
            return new ActionResult.NotYet("not there");
        }
        long own = joining.state().position();
        long leaders = leader.state().position();
        boolean close = own > 0 && leaders - own <= CLOSE;
        return joining == leader || own >= leaders || close
                ? new ActionResult.Done()
                : new ActionResult.NotYet("at " + own + " of " + leaders);
    }

    private ActionResult raiseEpoch(ChangeAction.RaiseEpoch raise) {
        SimulatedReplica leader = leader(raise.shard());
        if (leader == null) {
            return new ActionResult.Retry("no leader");
        }
        if (leader.state().epoch() >= raise.epoch()) {
            return new ActionResult.Done();
        }
        SetEpoch command = SetEpoch.newBuilder().setEpoch(raise.epoch()).build();
        leader.raft().propose(ShardEntry.newBuilder().setSetEpoch(command).build(), _ -> {});
        return new ActionResult.NotYet("proposed");
    }

    private ActionResult remove(ChangeAction.Remove remove) {
        SimulatedWorker worker = world.worker(remove.from());
        if (!worker.isHeard()) {
            return new ActionResult.Retry(remove.from() + " is not heard");
        }
        worker.remove(UUID.fromString(remove.group()));
        return new ActionResult.Done();
    }

    private ActionResult addGroup(ShardPlacement shard) {
        UUID group = UUID.fromString(shard.getGroup());
        List<String> wanted =
                shard.getMembersList().stream()
                        .filter(it -> !world.placement().isGone(it)) // they are replaced later
                        .toList();
        if (!wanted.stream().allMatch(it -> world.worker(it).isHeard())) {
            return new ActionResult.Retry("a worker is not heard");
        }
        List<String> absent =
                wanted.stream().filter(it -> world.worker(it).replica(group) == null).toList();
        if (absent.isEmpty()) {
            return new ActionResult.Done();
        }
        if (absent.size() < wanted.size()) {
            return new ActionResult.Lost("the group has begun without " + absent);
        }
        if (world.addGroup(group)) {
            world.judge().begins(group, FIRST_EPOCH);
        }
        absent.forEach(member -> add(shard, member));
        return new ActionResult.Done();
    }

    private ActionResult awaitLeader(ShardPlacement shard) {
        if (leader(shard) != null) {
            return new ActionResult.Done();
        }
        long lost = shard.getMembersList().stream().filter(it -> hasLost(it, shard)).count();
        return 2 * lost >= shard.getMembersCount()
                ? new ActionResult.Lost("most of a new group")
                : new ActionResult.NotYet("no leader");
    }

    private ActionResult removeGroup(UUID group) {
        for (SimulatedWorker worker : world.workers()) {
            if (worker.isHeard()) {
                worker.remove(group);
            }
        }
        return new ActionResult.Done();
    }

    private @Nullable SimulatedReplica leader(ShardPlacement shard) {
        SimulatedReplica leader = world.group(UUID.fromString(shard.getGroup())).leader();
        return leader != null && world.worker(leader.worker()).isHeard() ? leader : null;
    }
}
