package io.vectron.standalone.simulation;

import com.google.protobuf.ByteString;
import io.vectron.ingest.lane.Reply;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.worker.shard.ApplyResult;
import io.vectron.worker.shard.StoredRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The network between jobs and workers: requests and answers are late (so they overtake each
 * other), lost and doubled, and go to whoever is believed to lead.
 */
final class Wire {
    private final Simulation world;

    /** Takes the answer to a command. */
    interface Answer {
        void take(Reply reply);
    }

    Wire(Simulation world) {
        this.world = world;
    }

    /** Carries a batch to the shard, perhaps twice, perhaps not at all. */
    void send(UUID group, ApplyBatch batch, Answer answer) {
        int patience = world.random().nextInt(100, 150);
        world.in(patience, () -> answer.take(new Reply.Unavailable("no answer in time")));
        if (world.faulty(12)) {
            return;
        }
        world.soon(60, () -> deliver(group, batch, answer));
        if (world.faulty(10)) {
            world.soon(400, () -> deliver(group, batch, ignored -> {}));
        }
    }

    private void deliver(UUID group, ApplyBatch batch, Answer answer) {
        SimulatedReplica replica = asked(group);
        Reply refusal = refusal(replica);
        if (replica == null || refusal != null) {
            later(answer, refusal);
            return;
        }
        if (world.faulty(60)) {
            later(answer, new Reply.Overloaded(20, "DISK_FULL"));
            return;
        }
        ShardEntry entry =
                ShardEntry.newBuilder().setStampedAtMs(world.now()).setApplyBatch(batch).build();
        replica.raft()
                .propose(
                        entry,
                        result -> {
                            if (result instanceof ApplyResult.Applied(long position)) {
                                world.judge().acknowledged(group, replica.raft().term(), position);
                            }
                            if (world.faulty(15)) {
                                world.note(Happening.ANSWER_LOST, replica.worker(), "" + result);
                            } else {
                                later(answer, reply(result));
                            }
                        });
    }

    /** Asks the shard where it stands. */
    void check(UUID group, Answer answer) {
        world.soon(
                20,
                () -> {
                    SimulatedReplica replica = asked(group);
                    Reply refusal = refusal(replica);
                    if (replica == null || refusal != null || !replica.raft().ready()) {
                        later(answer, refusal);
                    } else {
                        later(answer, new Reply.Applied(replica.state().position()));
                    }
                });
    }

    /** Asks the shard for versions as of a position or later. */
    void lookUp(UUID group, long position, List<ByteString> ids, Answer answer) {
        int patience = world.random().nextInt(100, 150);
        world.in(patience, () -> answer.take(new Reply.Unavailable("no answer in time")));
        world.soon(
                20,
                () -> {
                    SimulatedReplica replica = asked(group);
                    if (replica == null || !replica.isOpen() || world.faulty(10)) {
                        later(answer, null);
                    } else if (replica.state().position() < position) {
                        later(answer, new Reply.Gap(replica.state().position()));
                    } else {
                        later(answer, versions(replica, ids));
                    }
                });
    }

    private static Reply versions(SimulatedReplica replica, List<ByteString> ids) {
        Map<ByteString, Long> versions = new HashMap<>();
        for (ByteString id : ids) {
            StoredRow row = replica.store().rows().get(id.toStringUtf8());
            if (row != null) {
                versions.put(id, row.version());
            }
        }
        return new Reply.Versions(versions);
    }

    /** Mostly the leader, now and then somebody who led once; null if it is not heard. */
    private @Nullable SimulatedReplica asked(UUID group) {
        RaftGroup members = world.group(group);
        SimulatedReplica leader = members.leader();
        if (leader == null || world.random().nextInt(6) == 0) {
            List<SimulatedWorker> workers = world.workers();
            SimulatedWorker any = workers.get(world.random().nextInt(workers.size()));
            leader = any.replica(group);
        }
        return leader != null && world.worker(leader.worker()).isHeard() ? leader : null;
    }

    private static @Nullable Reply refusal(@Nullable SimulatedReplica replica) {
        if (replica == null) {
            return new Reply.UnknownShard();
        }
        if (!replica.isOpen()) {
            return new Reply.Unavailable("closed");
        }
        return replica.raft().leads() ? null : new Reply.NotLeader();
    }

    private void later(Answer answer, @Nullable Reply reply) {
        Reply told = reply == null ? new Reply.Unavailable("nobody there") : reply;
        world.soon(20, () -> answer.take(told));
    }

    private static Reply reply(ApplyResult result) {
        return switch (result) {
            case ApplyResult.Applied(long position) -> new Reply.Applied(position);
            case ApplyResult.StaleEpoch(long current) -> new Reply.StaleEpoch(current);
            case ApplyResult.Gap(long expected) -> new Reply.Gap(expected);
            case ApplyResult.WrongTopic(String expected) -> new Reply.WrongTopic(expected);
            case ApplyResult.Invalid(String message) -> new Reply.Invalid(message);
            case ApplyResult.Halted(String topicId, Halt why) -> new Reply.Halted(why.toString());
            case ApplyResult.EpochIs _,
                    ApplyResult.Sealed _,
                    ApplyResult.Compared _,
                    ApplyResult.GoesOn _ ->
                    throw new IllegalStateException("a batch was answered by " + result);
        };
    }
}
