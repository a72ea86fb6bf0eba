package io.vectron.standalone.simulation;

import com.google.protobuf.ByteString;
import io.vectron.proto.log.v1.DigestPoint;
import io.vectron.proto.log.v1.DigestVote;
import io.vectron.proto.log.v1.Seal;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.worker.shard.DigestVotes.Noted;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a worker does for its replicas beside the log, as the product's sealer, digest voter and
 * scrubber do.
 */
final class Housekeeping {
    private final Simulation world;
    private final Map<SimulatedReplica, Told> told = new HashMap<>();

    /** What was told of a replica; forgotten with the process. */
    private static final class Told {
        long marked = -1;
        long voted = -1;
    }

    Housekeeping(Simulation world) {
        this.world = world;
    }

    /** The process that had the replica has ended. */
    void forget(SimulatedReplica replica) {
        told.remove(replica);
    }

    /** Looks after the replicas of a group. */
    void step(RaftGroup group) {
        for (SimulatedReplica replica : group.running()) {
            int turn = world.random().nextInt(600);
            if (turn < 60) {
                seal(group, replica);
            } else if (turn < 75) {
                mark(group, replica);
            } else if (turn < 120) {
                vote(group, replica);
            } else if (turn == 120 || (turn < 130 && !replica.scrubbed())) {
                replica.scrub();
            }
        }
    }

    /** The leader cuts all members at the same place; a follower short of memory cuts itself. */
    private void seal(RaftGroup group, SimulatedReplica replica) {
        if (!replica.index().wantsCut()) {
            return;
        }
        if (replica.raft().ready()) {
            Seal cut = Seal.newBuilder().setPosition(replica.state().position()).build();
            group.propose(replica, entry().setSeal(cut).build(), _ -> {});
            world.note(Happening.ROWS_CUT, replica.worker(), "by an entry");
        } else if (world.random().nextInt(10) == 0) {
            replica.index().cut();
            world.note(Happening.ROWS_CUT, replica.worker(), "by itself");
        }
    }

    private void mark(RaftGroup group, SimulatedReplica replica) {
        Told known = told.computeIfAbsent(replica, _ -> new Told());
        long position = replica.state().position();
        boolean alone = replica.raft().log().voters().size() == 1;
        if (replica.raft().ready() && !alone && position != known.marked) {
            known.marked = position;
            DigestPoint point = DigestPoint.getDefaultInstance();
            group.propose(replica, entry().setDigestPoint(point).build(), _ -> {});
        }
    }

    private void vote(RaftGroup group, SimulatedReplica replica) {
        Told known = told.computeIfAbsent(replica, _ -> new Told());
        Noted noted = replica.noted();
        List<String> voters = replica.raft().log().voters();
        if (noted == null
                || !replica.scrubbed()
                || noted.position() <= known.voted
                || voters.size() == 1
                || !voters.contains(replica.worker())) {
            return;
        }
        DigestVote vote =
                DigestVote.newBuilder()
                        .setMember(replica.worker())
                        .setPosition(noted.position())
                        .setDigest(ByteString.copyFrom(noted.digest().toBytes()))
                        .setRows(noted.rows())
                        .setVoters(voters.size())
                        .build();
        group.propose(
                replica,
                entry().setDigestVote(vote).build(),
                result -> {
                    if (!world.faulty(2)) { // else it will be told again
                        known.voted = Math.max(known.voted, noted.position());
                    }
                });
    }

    private ShardEntry.Builder entry() {
        return ShardEntry.newBuilder().setStampedAtMs(world.now());
    }
}
