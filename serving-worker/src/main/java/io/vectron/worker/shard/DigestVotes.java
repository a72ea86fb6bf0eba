package io.vectron.worker.shard;

import io.vectron.common.digest.Hash128;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the members of a group have at the same places of the log. Each notes its digest
 * there and tells it by an entry, so that all see the same votes in the same order; each judges
 * itself only. In memory: what a restart forgets is left out, and compared at the next place.
 */
public final class DigestVotes {
    /** Places remembered, the newest. */
    static final int KEPT = 8;

    /** Members whose votes count at a place, at most. */
    static final int MEMBERS = 16;

    /**
     * What a member has at a position.
     *
     * @param position of the log
     * @param digest sum over all rows
     * @param rows live rows
     */
    public record Noted(long position, Hash128 digest, long rows) {
        public Noted {
            Objects.requireNonNull(digest, "digest");
            if (position < 0 || rows < 0) {
                throw new IllegalArgumentException(
                        "negative position or rows: " + position + ", " + rows);
            }
        }
    }

    /** What the votes at a position say. */
    public sealed interface Verdict {
        /** Not enough of them yet, or this member noted nothing there. */
        record Open() implements Verdict {}

        /** This member has what most have. */
        record Agreed(Noted noted) implements Verdict {}

        /** Most have the same, and this member has something else. */
        record Outvoted(Noted own, Noted majority) implements Verdict {}

        /** Members differ, and no digest has a majority yet. */
        record Split(long position) implements Verdict {}
    }

    private final TreeMap<Long, Noted> noted = new TreeMap<>();
    private final TreeMap<Long, Map<String, Noted>> votes = new TreeMap<>();

    /** This member has reached a place where all note what they have. */
    void note(Noted own) {
        noted.put(own.position(), own);
        trim(noted);
    }

    /** What was noted last; null if nothing was since the start. */
    public @Nullable Noted latest() {
        return noted.isEmpty() ? null : noted.lastEntry().getValue();
    }

    /**
     * A member told what it has.
     *
     * @param voters members with a vote when it did
     */
    Verdict vote(String member, Noted vote, int voters) {
        Map<String, Noted> here = votes.computeIfAbsent(vote.position(), at -> new HashMap<>());
        if (here.size() < MEMBERS || here.containsKey(member)) {
            here.put(member, vote);
        }
        trim(votes);
        return judge(vote.position(), here, voters);
    }

    private Verdict judge(long position, Map<String, Noted> here, int voters) {
        Map<Noted, Integer> counts = new HashMap<>();
        here.values().forEach(vote -> counts.merge(vote, 1, Integer::sum));
        for (Map.Entry<Noted, Integer> count : counts.entrySet()) {
            if (2 * count.getValue() > voters) {
                Noted own = noted.get(position);
                if (own == null) {
                    return new Verdict.Open();
                }
                return own.equals(count.getKey())
                        ? new Verdict.Agreed(own)
                        : new Verdict.Outvoted(own, count.getKey());
            }
        }
        return counts.size() > 1 ? new Verdict.Split(position) : new Verdict.Open();
    }

    private static void trim(NavigableMap<Long, ?> places) {
        while (places.size() > KEPT) {
            places.pollFirstEntry();
        }
    }
}
