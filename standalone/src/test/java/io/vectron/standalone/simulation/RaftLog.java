package io.vectron.standalone.simulation;

import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import java.util.ArrayList;
import java.util.List;

/** The Raft log of one member. Every append is durable, as it is before a member confirms it. */
final class RaftLog {
    private final List<Entry> entries = new ArrayList<>();
    private Base base = new Base(RaftPosition.NONE, List.of());

    /** What a log begins after: the place of a checkpoint, and who had a vote there. */
    record Base(RaftPosition position, List<String> voters) {}

    /** One entry. */
    record Entry(long term, Content content) {}

    /** What an entry says. */
    sealed interface Content {
        /** For the state machine. */
        record Command(ShardEntry entry) implements Content {}

        /** Who has a vote from now on. */
        record Voters(List<String> ids) implements Content {}

        /** A leader begins. */
        record Begin() implements Content {}
    }

    /** Before the first entry. */
    Base base() {
        return base;
    }

    long first() {
        return base.position().index() + 1;
    }

    long last() {
        return base.position().index() + entries.size();
    }

    Entry get(long index) {
        return entries.get((int) (index - first()));
    }

    /** Term of the entry at an index from just before the first one on. */
    long term(long index) {
        return index < first() ? base.position().term() : get(index).term();
    }

    RaftPosition position(long index) {
        return index < 0 ? RaftPosition.NONE : new RaftPosition(term(index), index);
    }

    /** Appends an entry; returns its index. */
    long append(Entry entry) {
        entries.add(entry);
        return last();
    }

    /** Drops the entries from an index on. */
    void truncate(long from) {
        entries.subList((int) (from - first()), entries.size()).clear();
    }

    /** Drops the entries up to an index, which a checkpoint includes. */
    void purge(long through) {
        Base next = new Base(position(through), votersAt(through));
        entries.subList(0, (int) (through + 1 - first())).clear();
        base = next;
    }

    /** Begins anew after a snapshot, or with the voters of a new group. */
    void reset(Base after) {
        entries.clear();
        base = after;
    }

    /** Who has a vote, as the newest entry says, be it committed or not. */
    List<String> voters() {
        return votersAt(last());
    }

    /** Who has a vote, as of an index. */
    List<String> votersAt(long index) {
        for (long at = index; at >= first(); at--) {
            if (get(at).content() instanceof Content.Voters(var ids)) {
                return ids;
            }
        }
        return base.voters();
    }

    /** Whether entries after an index change the voters. */
    boolean changesVotersAfter(long index) {
        for (long at = last(); at >= Math.max(index + 1, first()); at--) {
            if (get(at).content() instanceof Content.Voters) {
                return true;
            }
        }
        return false;
    }

    /** Whether this log is at least as new as another one, which is what a vote is given for. */
    boolean atLeast(RaftLog other) {
        long own = term(last());
        long its = other.term(other.last());
        return own != its ? own > its : last() >= other.last();
    }
}
