package io.vectron.replication;

/**
 * Place of an entry in a group's log. Indexes are dense and start at 0; the term grows with each
 * election. Ordered by index: in one log a higher index never has a lower term.
 *
 * @param term term of the leader that wrote the entry, at least 0
 * @param index index of the entry; −1 only in {@link #NONE}
 */
public record RaftPosition(long term, long index) implements Comparable<RaftPosition> {
    /** Before the first entry: nothing is applied. */
    public static final RaftPosition NONE = new RaftPosition(0, -1);

    public RaftPosition {
        if (term < 0) {
            throw new IllegalArgumentException("term is negative: " + term);
        }
        if (index < -1 || (index == -1 && term != 0)) {
            throw new IllegalArgumentException("no such log position: " + term + "/" + index);
        }
    }

    public boolean isNone() {
        return index < 0;
    }

    public boolean isAfter(RaftPosition other) {
        return index > other.index;
    }

    @Override
    public int compareTo(RaftPosition other) {
        int byIndex = Long.compare(index, other.index);
        return byIndex != 0 ? byIndex : Long.compare(term, other.term);
    }

    @Override
    public String toString() {
        return isNone() ? "none" : term + "/" + index;
    }
}
