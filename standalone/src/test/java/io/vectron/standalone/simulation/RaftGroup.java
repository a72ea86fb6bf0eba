package io.vectron.standalone.simulation;

import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import io.vectron.standalone.simulation.RaftLog.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The members of a group and what passes between them: a plain model of Raft. Leaders are elected
 * by a majority with logs no newer than theirs; an entry counts when a majority has it; what an old
 * leader wrote beyond that is lost, and nobody is told; a member that lacks what the leader's log
 * no longer has is sent the leader's checkpoint.
 */
final class RaftGroup {
    private static final int CHECKPOINT_EVERY = 12;
    private static final int KEPT = 4;

    private final Simulation world;
    private final UUID id;
    private final Set<String> installing = new HashSet<>();

    RaftGroup(Simulation world, UUID id) {
        this.world = world;
        this.id = id;
    }

    UUID id() {
        return id;
    }

    /** Replicas that run and work, on whatever worker. */
    List<SimulatedReplica> running() {
        List<SimulatedReplica> running = new ArrayList<>();
        for (SimulatedWorker worker : world.workers()) {
            SimulatedReplica replica = worker.replica(id);
            if (replica != null && replica.isOpen() && worker.works()) {
                running.add(replica);
            }
        }
        return running;
    }

    private @Nullable SimulatedReplica running(String worker) {
        SimulatedReplica replica = world.worker(worker).replica(id);
        return replica != null && replica.isOpen() && world.worker(worker).works() ? replica : null;
    }

    /** The leader that knows where the group stands, of the newest term; null if there is none. */
    @Nullable SimulatedReplica leader() {
        SimulatedReplica newest = null;
        for (SimulatedReplica replica : running()) {
            if (replica.raft().ready()
                    && (newest == null || replica.raft().term() > newest.raft().term())) {
                newest = replica;
            }
        }
        return newest;
    }

    /** A moment passes for all members. */
    void step() {
        for (SimulatedReplica replica : running()) {
            if (replica.raft().leads()) {
                replicate(replica);
            }
            for (int entries = world.random().nextInt(4);
                    entries > 0 && replica.isOpen() && replica.raft().applyNext();
                    entries--) {
                // one after another, some members slower than others
            }
            if (replica.isOpen()) {
                background(replica);
            }
        }
        SimulatedReplica leader = leader();
        if (leader != null) {
            world.judge().leads(id, leader);
        }
        elect(leader);
    }

    private void background(SimulatedReplica replica) {
        if (world.random().nextBoolean()) {
            replica.upkeep();
        }
        if (world.random().nextInt(4) == 0) {
            replica.checkpoint(CHECKPOINT_EVERY, KEPT);
        }
    }

    // ---- elections ----

    private void elect(@Nullable SimulatedReplica leader) {
        boolean heard = leader != null && world.worker(leader.worker()).isHeard();
        if (world.random().nextInt(heard ? 600 : 12) == 0) {
            campaign();
        }
    }

    /** A member that works tries to become the leader. */
    void campaign() {
        List<SimulatedReplica> running = running();
        if (running.isEmpty()) {
            return;
        }
        SimulatedReplica candidate = running.get(world.random().nextInt(running.size()));
        List<String> voters = candidate.raft().log().voters();
        if (!voters.contains(candidate.worker())) {
            return;
        }
        List<RaftMember> granted = new ArrayList<>();
        long term = 0;
        for (String voter : voters) {
            SimulatedReplica other = running(voter);
            if (other != null && hear(candidate, other)) {
                term = Math.max(term, other.raft().term());
                if (candidate.raft().log().atLeast(other.raft().log())) {
                    granted.add(other.raft());
                }
            }
        }
        if (2 * granted.size() > voters.size()) {
            long newTerm = term + 1;
            granted.forEach(voter -> voter.follow(newTerm));
            candidate.raft().lead(newTerm);
            note(Happening.LEADER_ELECTED, candidate, "term " + newTerm + " of " + voters);
        }
    }

    private boolean hear(SimulatedReplica one, SimulatedReplica other) {
        return one == other
                || (world.worker(one.worker()).isHeard() && world.worker(other.worker()).isHeard());
    }

    // ---- replication ----

    private void replicate(SimulatedReplica leader) {
        for (String voter : leader.raft().log().voters()) {
            SimulatedReplica other = running(voter);
            if (other != null
                    && other != leader
                    && leader.raft().leads()
                    && hear(leader, other)
                    && world.random().nextBoolean()) {
                replicate(leader, other);
            }
        }
        if (leader.raft().leads()) {
            leader.raft().commit();
        }
    }

    private void replicate(SimulatedReplica leader, SimulatedReplica other) {
        RaftMember from = leader.raft();
        RaftMember to = other.raft();
        if (to.term() > from.term()) {
            from.follow(to.term());
            note(Happening.LEADER_DEPOSED, leader, "by term " + to.term());
            return;
        }
        if (to.term() < from.term()) {
            to.follow(from.term());
        }
        long same = agreement(from.log(), to.log());
        if (same < from.log().first() - 1) {
            install(leader, other);
            return;
        }
        if (to.log().last() > same && from.log().last() > same) {
            truncate(other, same + 1);
        }
        long upTo = Math.min(from.log().last(), same + 1 + world.random().nextInt(6));
        for (long index = same + 1; index <= upTo; index++) {
            to.log().append(from.log().get(index));
        }
        to.learn(Math.min(from.committed(), upTo));
        if (!world.faulty(8)) {
            from.confirmed(other.worker(), upTo);
        }
    }

    /** The last index up to which two logs have the same entries. */
    private static long agreement(RaftLog one, RaftLog other) {
        long index = Math.min(one.last(), other.last());
        while (index >= one.first() - 1
                && index >= other.first() - 1
                && one.term(index) != other.term(index)) {
            index--;
        }
        return index;
    }

    private void truncate(SimulatedReplica replica, long from) {
        RaftLog log = replica.raft().log();
        if (from <= replica.raft().committed()) {
            throw new Violation(
                    Invariant.ACKNOWLEDGED_STAYS_APPLIED,
                    replica.worker()
                            + " is to drop entry "
                            + from
                            + ", committed "
                            + replica.raft().committed());
        }
        for (long index = from; index <= log.last(); index++) {
            Entry lost = log.get(index);
            note(Happening.ENTRY_LOST, replica, index + " of term " + lost.term());
        }
        log.truncate(from);
    }

    /** A snapshot takes a while; who sent or awaits it may be gone by then. */
    private void install(SimulatedReplica leader, SimulatedReplica other) {
        Checkpoint sent = leader.latest();
        // What only others can know must not become what most members have.
        if (sent == null || sent.unseen() || !installing.add(other.worker())) {
            return;
        }
        world.soon(
                60,
                () -> {
                    installing.remove(other.worker());
                    RaftPosition at = sent.base().position();
                    if (running(other.worker()) == other
                            && running(leader.worker()) == leader
                            && hear(leader, other)
                            && leader.raft().leads()
                            && leader.raft().term() >= other.raft().term()
                            && at.index() > other.raft().committed()) {
                        other.install(sent);
                    }
                });
    }

    // ---- entries ----

    /** Proposes through whoever leads; nothing happens if it is not heard from there. */
    void propose(SimulatedReplica member, ShardEntry entry, RaftMember.Proposer proposer) {
        SimulatedReplica leader = leader();
        if (leader != null && hear(member, leader) && !world.faulty(10)) {
            leader.raft().propose(entry, proposer);
        }
    }

    private void note(Happening what, SimulatedReplica replica, String detail) {
        world.note(what, replica.worker(), detail);
    }
}
