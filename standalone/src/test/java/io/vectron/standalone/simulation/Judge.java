package io.vectron.standalone.simulation;

import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import io.vectron.worker.shard.ApplyResult;
import io.vectron.worker.shard.ShardState;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Compares what members do with what the log says, at each step that could break a promise. */
final class Judge {
    private final Simulation world;
    private final TreeSet<Long> letters = new TreeSet<>(); // offsets whose dead letter is durable
    private final Map<SimulatedReplica, Long> served = new HashMap<>(); // W, while they run
    private final Map<UUID, TreeMap<Long, Long>> acknowledged = new HashMap<>(); // by term
    private final Map<UUID, TreeMap<Long, Long>> epochs = new HashMap<>(); // by Raft index

    Judge(Simulation world) {
        this.world = world;
    }

    /** A dead letter is durable. */
    void letterWritten(long offset) {
        letters.add(offset);
    }

    /** A replica has ended, or is gone. */
    void closed(SimulatedReplica replica) {
        served.remove(replica);
        world.housekeeping().forget(replica);
    }

    /** A group begins anew from offset zero. */
    void begins(UUID group, long epoch) {
        acknowledged.remove(group);
        TreeMap<Long, Long> first = new TreeMap<>();
        first.put(-1L, epoch);
        epochs.put(group, first);
    }

    /** The job was told by the leader of a term that everything below a position is applied. */
    void acknowledged(UUID group, long term, long position) {
        acknowledged.computeIfAbsent(group, _ -> new TreeMap<>()).merge(term, position, Math::max);
    }

    /** A member leads, and has applied all that earlier leaders committed. */
    void leads(UUID group, SimulatedReplica leader) {
        for (Map.Entry<Long, Long> told :
                acknowledged
                        .getOrDefault(group, new TreeMap<>())
                        .headMap(leader.raft().term(), true)
                        .entrySet()) {
            if (leader.state().position() < told.getValue()) {
                throw broken(
                        Invariant.ACKNOWLEDGED_STAYS_APPLIED,
                        leader,
                        "leads in term "
                                + leader.raft().term()
                                + " at "
                                + leader.state().position()
                                + ", answered in term "
                                + told);
            }
        }
    }

    /** A member makes a position visible to searches. */
    void published(SimulatedReplica replica, long position, Map<String, Found> visible) {
        long before = served.getOrDefault(replica, 0L);
        if (position < before) {
            throw broken(Invariant.WATERMARK_NEVER_FALLS, replica, before + " to " + position);
        }
        served.put(replica, position);
        if (replica.isDamaged()) {
            return;
        }
        if (position > world.log().end()) {
            throw broken(
                    Invariant.ANSWERS_EQUAL_THE_LOG,
                    replica,
                    "W " + position + " is behind the end " + world.log().end());
        }
        Map<String, Found> law = world.log().lawAt(position).found();
        if (!visible.equals(law)) {
            throw broken(
                    Invariant.ANSWERS_EQUAL_THE_LOG,
                    replica,
                    "at " + position + " finds " + visible + ", logged " + law);
        }
    }

    /** A member has applied an entry, of which there is only one at its place. */
    void applied(
            SimulatedReplica replica,
            RaftPosition at,
            ShardEntry entry,
            ShardState before,
            ApplyResult result) {
        ShardState after = replica.state();
        UUID group = replica.facts().group();
        TreeMap<Long, Long> known = epochs.get(group);
        if (known == null) {
            throw new IllegalStateException("no such group: " + group);
        }
        if (entry.hasSetEpoch()) {
            long raised = entry.getSetEpoch().getEpoch();
            known.put(at.index(), Math.max(raised, epochAt(known, at.index() - 1)));
        }
        long epoch = epochAt(known, at.index());
        if (after.epoch() != epoch) {
            throw broken(Invariant.NO_OLD_EPOCH, replica, "epoch " + after.epoch() + ", " + epoch);
        }
        if (entry.hasApplyBatch()) {
            batch(replica, entry.getApplyBatch(), epoch, before, result);
        }
        if (!replica.isDamaged()) {
            stored(replica, after.position());
        }
    }

    private static long epochAt(NavigableMap<Long, Long> known, long index) {
        return Objects.requireNonNull(known.floorEntry(index), "it began before").getValue();
    }

    private void batch(
            SimulatedReplica replica,
            ApplyBatch batch,
            long epoch,
            ShardState before,
            ApplyResult result) {
        long from = before.position();
        long to = replica.state().position();
        String moved = batch.getFrom() + " to " + batch.getTo() + " moved " + from + " to " + to;
        if (batch.getEpoch() < epoch) {
            if (to != from || !(result instanceof ApplyResult.StaleEpoch)) {
                throw broken(Invariant.NO_OLD_EPOCH, replica, "batch of an old epoch, " + moved);
            }
            note(Happening.BATCH_OF_OLD_EPOCH, replica, "of " + batch.getEpoch());
        } else if (batch.getTo() <= from) {
            if (to != from) {
                throw broken(Invariant.NOTHING_IS_APPLIED_TWICE, replica, moved);
            }
            note(Happening.BATCH_REPEATED, replica, batch.getFrom() + " to " + batch.getTo());
        } else if (batch.getFrom() > from) {
            if (to != from || !(result instanceof ApplyResult.Gap)) {
                throw broken(Invariant.NOTHING_IS_LOST, replica, "over a gap, " + moved);
            }
            note(Happening.BATCH_LEFT_A_GAP, replica, "expects " + from);
        } else {
            if (to != batch.getTo()) {
                throw broken(Invariant.NOTHING_IS_APPLIED_TWICE, replica, moved);
            }
            note(Happening.BATCH_APPLIED, replica, from + " to " + to);
        }
        for (long offset : world.log().rejected(from, to)) {
            if (!letters.contains(offset)) {
                throw broken(Invariant.NO_REJECTION_UNHEARD, replica, "offset " + offset);
            }
        }
    }

    /** Rows and digest are those of the log at a position. */
    void stored(SimulatedReplica replica, long position) {
        SimulatedLog.Law law = world.log().lawAt(position);
        if (!replica.store().digest().equals(law.digest())) {
            throw broken(
                    Invariant.DIGESTS_AGREE,
                    replica,
                    "at " + position + " " + replica.store().digest() + ", " + law.digest());
        }
        if (!replica.store().rows().equals(law.rows())) {
            throw broken(
                    Invariant.ANSWERS_EQUAL_THE_LOG,
                    replica,
                    "at "
                            + position
                            + " has "
                            + replica.store().rows().keySet()
                            + ", logged "
                            + law.rows().keySet());
        }
    }

    /** A search at any time between two entries. */
    void searched(SimulatedReplica replica) {
        if (!replica.isDamaged()) {
            published(replica, replica.index().position(), replica.index().search());
        }
    }

    /** Whether a damaged member still has other rows than the log says. */
    boolean differs(SimulatedReplica replica) {
        if (!replica.isDamaged() || !replica.isOpen()) {
            return replica.isDamaged();
        }
        SimulatedLog.Law law = world.log().lawAt(replica.state().position());
        return !replica.store().digest().equals(law.digest())
                || !replica.store().rows().equals(law.rows())
                || !replica.index().search().equals(law.found());
    }

    /** Faults have ended and nothing moves any more: whoever was damaged is as the log says. */
    void settled(SimulatedReplica replica) {
        SimulatedLog.Law law = world.log().lawAt(world.log().end());
        if (!replica.store().rows().equals(law.rows())
                || !replica.index().search().equals(law.found())) {
            throw broken(
                    replica.isDamaged() ? Invariant.DAMAGE_IS_FOUND : Invariant.NOTHING_IS_LOST,
                    replica,
                    "has " + replica.index().search() + ", logged " + law.found());
        }
        stored(replica, world.log().end());
    }

    private static Violation broken(Invariant invariant, SimulatedReplica replica, String seen) {
        return new Violation(invariant, replica.worker() + ": " + seen);
    }

    private void note(Happening what, SimulatedReplica replica, String detail) {
        world.note(what, replica.worker(), detail);
    }
}
