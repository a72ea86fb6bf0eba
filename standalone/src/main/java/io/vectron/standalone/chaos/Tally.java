package io.vectron.standalone.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What one kind of fault did. Safe for use by several threads. */
public final class Tally {
    private int times; // all by this
    private long failedReads;
    private long lateReads;
    private final List<Duration> visible = new ArrayList<>();
    private final List<Duration> whole = new ArrayList<>();

    Tally() {}

    /**
     * Figures as they are at a moment.
     *
     * @param failedReads reads that ended with an error or without some shard
     * @param lateReads reads with a token that were not fresh enough within their time
     * @param visible how long until written rows were visible again at all shards, each time
     * @param whole how long until all members were at work again, each time
     */
    public record Figures(
            int times,
            long failedReads,
            long lateReads,
            List<Duration> visible,
            List<Duration> whole) {
        /** Keeps copies. */
        public Figures {
            visible = List.copyOf(visible);
            whole = List.copyOf(whole);
        }
    }

    synchronized void begun() {
        times++;
    }

    synchronized void failedRead() {
        failedReads++;
    }

    synchronized void lateRead() {
        lateReads++;
    }

    synchronized void recovered(Duration again, Duration all) {
        visible.add(again);
        whole.add(all);
    }

    synchronized Figures figures() {
        return new Figures(times, failedReads, lateReads, visible, whole);
    }
}
