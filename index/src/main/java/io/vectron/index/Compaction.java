package io.vectron.index;

import io.vectron.index.vector.Scorer;
import java.util.Arrays;

/**
 * Builds a new generation from the live rows of one whose slab is full of dead ones.
 *
 * <p>Two phases. Graph tasks call {@link #slice} until it has {@link #ready}: all but the newest
 * rows are copied and in the new graph. From then on no graph task touches the new generation, and
 * the applier, between two batches, calls {@link #finish}: copies the few rows appended since,
 * carries over the deaths it has noted meanwhile, and publishes. Searches keep the old generation
 * as long as they need it.
 */
final class Compaction {

    private static final int MOST_COPY_ROWS = 1_024;

    private final Generation from;
    private final Generation to;
    private final IndexSpec spec;
    private final int copyRows;
    private int[] copies = new int[MOST_COPY_ROWS]; // by old ordinal, -1 left out; see scanned
    private int scanned; // graph task until ready, then applier
    private int[] deaths = new int[256]; // old ordinals; applier thread only
    private int deathCount; // applier thread only
    private volatile boolean ready;

    Compaction(Generation from, IndexSpec spec, Scorer scorer) {
        this.from = from;
        this.spec = spec;
        this.copyRows = Math.clamp(spec.limits().compactionDeadRows() / 4, 1, MOST_COPY_ROWS);
        this.to = new Generation(spec, scorer, 0);
    }

    /** Whether a compaction frees enough to be worth it. */
    static boolean worthwhile(Generation generation, IndexLimits limits) {
        int rows = generation.slab().rows();
        int dead = rows - generation.live();
        int capacity = generation.slab().capacity();
        boolean nearlyFull = rows >= capacity - capacity / 8;
        return dead >= limits.compactionDeadRows() && dead >= (nearlyFull ? rows / 8 : rows / 2);
    }

    /** Copies and inserts a few rows; graph task only. Answers the number inserted. */
    int slice(int maxRows) {
        if (ready) {
            return 0;
        }
        int waiting = from.slab().rows() - scanned;
        if (waiting > copyRows && (!graphNeeded() || to.tailRows() < maxRows)) {
            copy(copyRows);
        }
        int inserted = graphNeeded() ? to.graph().advance(maxRows, 0) : 0;
        if (waiting <= copyRows && (!graphNeeded() || to.tailRows() == 0)) {
            ready = true;
        }
        return inserted;
    }

    private boolean graphNeeded() {
        return to.slab().rows() >= spec.limits().flatRows();
    }

    boolean ready() {
        return ready;
    }

    private void copy(int maxRows) {
        int end = (int) Math.min((long) scanned + maxRows, from.slab().rows());
        if (copies.length < end) {
            copies = Arrays.copyOf(copies, Math.max(end, 2 * copies.length));
        }
        for (; scanned < end; scanned++) {
            boolean live = from.slab().dead(scanned) == Slab.LIVE;
            copies[scanned] = live ? to.copy(from.slab(), scanned) : -1;
        }
    }

    /** A row of the old generation died; applier thread only. */
    void noteDeath(int ordinal) {
        if (deathCount == deaths.length) {
            deaths = Arrays.copyOf(deaths, 2 * deathCount);
        }
        deaths[deathCount++] = ordinal;
    }

    /**
     * The new generation, at {@code position}; applier thread only, when ready.
     *
     * @param position above every position appended or marked so far: a row that is dead by now is
     *     dead for every search that gets the new generation, so it may be left out
     */
    Generation finish(long position) {
        copy(Integer.MAX_VALUE);
        for (int i = 0; i < deathCount; i++) {
            int copied = copies[deaths[i]];
            if (copied >= 0) {
                to.carryDeath(copied, from.slab().dead(deaths[i]));
            }
        }
        to.publish(position);
        return to;
    }
}
