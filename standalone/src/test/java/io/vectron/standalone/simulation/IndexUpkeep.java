package io.vectron.standalone.simulation;

import io.vectron.index.merge.MergePolicy;
import io.vectron.index.merge.MergePolicy.Range;
import io.vectron.index.merge.MergePolicy.Size;
import io.vectron.index.merge.Survivors;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Seals and merges the segments of an index in small steps, between which anything may happen: the
 * real policy and the real choice of rows, and the order of steps that the product has: file,
 * flush of the store, manifest, view, and only then is forgotten what the file makes superfluous.
 */
final class IndexUpkeep {
    private static final MergePolicy POLICY = new MergePolicy(2, 4, 64, 0.25);

    private final SimulatedIndex index;
    private final MemoryStore store;
    private final Bug bug;
    private final Heard heard;
    private @Nullable Task task;

    /** Hears of work that is done. */
    interface Heard {
        void done(Happening what, String detail);
    }

    /** Steps of a task, in their order. */
    private enum Step {
        FLUSH,
        PUBLISH,
        SHOW,
        FORGET_ROWS,
        FORGET_DEATHS
    }

    /** A seal if {@code range} is null. */
    private static final class Task {
        final @Nullable Range range;
        final Survivors survivors;
        final Segment.File file;
        final List<Segment.File> next = new ArrayList<>();
        Step step = Step.FLUSH;

        Task(@Nullable Range range, Survivors survivors, Segment.File file) {
            this.range = range;
            this.survivors = survivors;
            this.file = file;
        }
    }

    IndexUpkeep(SimulatedIndex index, MemoryStore store, Bug bug, Heard heard) {
        this.index = index;
        this.store = store;
        this.bug = bug;
        this.heard = heard;
    }

    /** Goes one step on with what is under way, or begins what is due. */
    void step() {
        Task now = task;
        if (now == null) {
            task = index.position() == 0 ? null : begin();
            return;
        }
        switch (now.step) {
            case FLUSH -> {
                if (bug != Bug.SEALED_BEFORE_FLUSH) {
                    store.makeDurable();
                }
                now.step = Step.PUBLISH;
            }
            case PUBLISH -> {
                publish(now);
                now.step = Step.SHOW;
            }
            case SHOW -> {
                show(now);
                now.step = Step.FORGET_ROWS;
            }
            case FORGET_ROWS -> {
                if (now.range == null) {
                    store.forgetRecent(now.file.to());
                }
                now.step = Step.FORGET_DEATHS;
            }
            case FORGET_DEATHS -> {
                store.forgetDeaths(now.file.from(), now.file.to(), now.survivors.position());
                task = null;
            }
        }
    }

    private @Nullable Task begin() {
        Segment oldest = index.oldestFrozen();
        long to = index.oldestFrozenTo();
        if (oldest != null && index.position() >= to) {
            return task(null, List.of(oldest), oldest.from(), to);
        }
        List<Size> sizes = new ArrayList<>();
        index.sealed().forEach(it -> sizes.add(new Size(it.rows(), it.rows() - it.live())));
        Range range = POLICY.choose(sizes);
        if (range == null) {
            return null;
        }
        List<Segment.File> merged = index.files().subList(range.from(), range.to());
        return task(
                range,
                index.sealed().subList(range.from(), range.to()),
                merged.getFirst().from(),
                merged.getLast().to());
    }

    private Task task(@Nullable Range range, List<Segment> sources, long from, long to) {
        Survivors survivors = new Survivors(sources, index.position());
        Segment.File file = Segment.File.of(from, to, survivors);
        boolean loses = bug == Bug.ROW_LOST_IN_MERGE && range != null && survivors.count() > 1;
        return new Task(range, survivors, loses ? file.without(0) : file);
    }

    private void publish(Task done) {
        done.next.addAll(index.files());
        Range range = done.range;
        int at = done.next.size();
        if (range != null) {
            done.next.subList(range.from(), range.to()).clear();
            at = range.from();
        }
        if (!done.file.rows().isEmpty()) {
            done.next.add(at, done.file);
        }
        index.folder().publish(done.next);
    }

    private void show(Task done) {
        Segment fresh = done.file.rows().isEmpty() ? null : new Segment(done.file);
        if (fresh != null && bug != Bug.DEATH_LOST_IN_MERGE) {
            for (int row = 0; row < done.survivors.count(); row++) {
                long dead = done.survivors.dead(row);
                if (dead != Long.MAX_VALUE) {
                    fresh.markDead(done.survivors.version(row), dead);
                }
            }
        }
        Range range = done.range;
        if (range == null) {
            index.sealedOldest(fresh, done.next);
        } else {
            index.merged(range.from(), range.to(), fresh, done.next);
        }
        Happening what =
                fresh == null
                        ? Happening.SEGMENT_DIED
                        : range == null ? Happening.SEGMENT_SEALED : Happening.SEGMENTS_MERGED;
        heard.done(
                what,
                done.file.rows().size()
                        + " rows, versions "
                        + done.file.from()
                        + " to "
                        + done.file.to());
    }
}
