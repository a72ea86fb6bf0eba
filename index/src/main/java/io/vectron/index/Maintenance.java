package io.vectron.index;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import io.vectron.index.IndexStats.Written;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.folder.SegmentDraft;
import io.vectron.index.folder.SegmentFolder;
import io.vectron.index.folder.SegmentFolder.Addition;
import io.vectron.index.folder.SegmentRef;
import io.vectron.index.folder.SegmentView;
import io.vectron.index.hot.HotSegment;
import io.vectron.index.merge.HotSource;
import io.vectron.index.merge.MergePolicy.Range;
import io.vectron.index.merge.MergePolicy.Size;
import io.vectron.index.merge.Rewrite;
import io.vectron.index.merge.SealedSource;
import io.vectron.index.merge.Source;
import io.vectron.index.merge.Survivors;
import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.index.sealed.SegmentSummary;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals full hot segments and merges sealed ones, in slices on the pool: at most one task of each
 * kind, and a seal goes before a merge. A merge of many rows takes minutes, and hot segments that
 * waited for it would fill the memory.
 *
 * <p>A task chooses the rows not dead at the position published when it begins, builds their graph,
 * and writes a file. Then, in this order: everything up to that position becomes durable at the
 * owner's, so that no replay can begin before the deaths that the file takes for granted; the
 * manifest names the file instead of what it replaces; the index shows it, with the deaths that
 * were marked meanwhile. A crash leaves either manifest; a file that none names is removed at the
 * next opening.
 */
final class Maintenance {

    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** What tasks change when they are done. */
    interface Segments {
        IndexView view();

        long position();

        /**
         * Puts {@code fresh}, or nothing, in the place of segments of the view, and marks the
         * survivors that died meanwhile.
         */
        void replace(Inputs inputs, @Nullable SealedPart fresh, Survivors survivors);

        /** Has {@link #step} called after some time, even if nobody writes. */
        void stepAfter(Duration pause);
    }

    /**
     * Segments to be replaced, neighbours in age; of one kind.
     *
     * @param from versions of their rows are at or above it
     * @param to and below it
     */
    record Inputs(List<HotSegment> frozen, List<SealedPart> sealed, long from, long to) {
        List<Source> sources() {
            List<Source> sources = new ArrayList<>();
            frozen.forEach(segment -> sources.add(new HotSource(segment)));
            sealed.forEach(part -> sources.add(new SealedSource(part.segment())));
            return sources;
        }
    }

    /**
     * @param held keeps the inputs
     * @param rewrite null if no row survives
     */
    private record Task(
            Inputs inputs, IndexView held, Survivors survivors, @Nullable Rewrite rewrite) {

        boolean seals() {
            return inputs.sealed().isEmpty();
        }
    }

    private final IndexSpec spec;
    private final String name;
    private final SegmentFolder folder;
    private final IndexOwner owner;
    private final Segments segments;
    private final LongAdder seals = new LongAdder();
    private final LongAdder merges = new LongAdder();
    private volatile Written written = new Written(0, 0, 0, 0); // replaced by the pool only
    private volatile @Nullable Task seal; // written by the pool only
    private volatile @Nullable Task merge; // the same
    private @Nullable Task stepped; // the one of the two that goes on, or failed; pool only
    private Duration pause = FIRST_PAUSE; // pool only
    private long pausedUntil = System.nanoTime(); // pool only
    private volatile @Nullable String failure;

    Maintenance(
            IndexSpec spec,
            String name,
            SegmentFolder folder,
            IndexOwner owner,
            Segments segments) {
        this.spec = spec;
        this.name = name;
        this.folder = folder;
        this.owner = owner;
        this.segments = segments;
    }

    long seals() {
        return seals.sum();
    }

    long merges() {
        return merges.sum();
    }

    Written written() {
        return written;
    }

    /** What is being done; empty if nothing is. */
    String describe() {
        return Stream.of(describe(seal), describe(merge))
                .filter(text -> !text.isEmpty())
                .collect(joining("; "));
    }

    private static String describe(@Nullable Task task) {
        if (task == null) {
            return "";
        }
        double progress = task.rewrite() == null ? 1 : task.rewrite().progress();
        return "%s %d rows, %d %%"
                .formatted(
                        task.seals() ? "seals" : "merges",
                        task.survivors().count(),
                        (int) (100 * progress));
    }

    /** Why the last task failed, or null; it is tried again. */
    @Nullable String failure() {
        return failure;
    }

    /**
     * Does a slice of work; true if there is more to do at once.
     *
     * @param inserts rows that a slice may insert into a graph
     * @param mayWrite whether this thread may take the time to write a file
     * @param others called every now and then while a file is written, so that they get their turn
     */
    boolean step(int inserts, boolean mayWrite, Runnable others) {
        if (failure != null && System.nanoTime() - pausedUntil < 0) {
            return false;
        }
        try {
            Task now = next();
            stepped = now;
            if (now == null) {
                failure = null; // what failed was the tidying behind a task, or is no longer needed
                return false;
            }
            if (now.rewrite() != null && now.rewrite().step(inserts)) {
                return true;
            }
            if (mayWrite) {
                finish(now, others);
                end(now);
                failure = null;
                pause = FIRST_PAUSE;
            }
            return true;
        } catch (IOException | RuntimeException e) {
            giveUpForNow(e);
            return false;
        } catch (Error e) {
            // A graph half changed must not be gone on with: the task begins anew, too.
            giveUpForNow(e);
            throw e;
        }
    }

    private void giveUpForNow(Throwable e) {
        LOG.warn("index {}: cannot seal or merge, next try in {}", name, pause, e);
        if (e instanceof CorruptSegmentException found) {
            owner.damaged(found);
        } else if (e instanceof IOException why) {
            owner.failed(why, folder.isBroken());
        }
        failure = e.toString();
        pausedUntil = System.nanoTime() + pause.toNanos();
        segments.stepAfter(pause);
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        Task failed = stepped;
        if (failed != null) {
            end(failed);
        }
    }

    private void end(Task ended) {
        if (ended.rewrite() != null) {
            ended.rewrite().close();
        }
        ended.held().release();
        if (ended.seals()) {
            seal = null;
        } else {
            merge = null;
        }
        stepped = null;
    }

    /** Ends tasks that are under way without their results. */
    void close() {
        for (Task unfinished : Arrays.asList(seal, merge)) {
            if (unfinished != null) {
                end(unfinished);
            }
        }
    }

    /** The task to go on with; null if there is nothing to do. */
    private @Nullable Task next() {
        IndexView view = segments.view();
        long position = segments.position();
        if (position == 0) {
            return null; // the owner is still restoring rows and deaths
        }
        if (seal == null) {
            seal = begin(view, toSeal(view, position), position);
        }
        if (seal == null && merge == null) {
            merge = begin(view, toMerge(view), position);
        }
        return seal != null ? seal : merge;
    }

    private @Nullable Task begin(IndexView view, @Nullable Inputs inputs, long position) {
        if (inputs == null || !view.acquire()) {
            return null;
        }
        boolean begun = false;
        try {
            Task task = task(view, inputs, position);
            begun = true;
            return task;
        } finally {
            if (!begun) {
                view.release(); // reading the rows found one damaged, for example
            }
        }
    }

    private Task task(IndexView view, Inputs inputs, long position) {
        Survivors survivors = new Survivors(inputs.sources(), position);
        RecordLayout layout =
                spec.layout()
                        .records(spec.dimension(), survivors.count(), spec.limits().flatRows());
        Rewrite rewrite = survivors.count() == 0 ? null : new Rewrite(spec, survivors, layout);
        return new Task(inputs, view, survivors, rewrite);
    }

    private @Nullable Inputs toSeal(IndexView view, long position) {
        if (view.frozen().isEmpty()) {
            return null;
        }
        HotSegment oldest = view.frozen().getFirst();
        long to = view.memory().get(1).from();
        boolean graphDone = oldest.tailRows() == 0 || oldest.rows() < spec.limits().flatRows();
        // Rows that are not published yet may still be followed by deaths at lower positions.
        return graphDone && position >= to
                ? new Inputs(List.of(oldest), List.of(), oldest.from(), to)
                : null;
    }

    private @Nullable Inputs toMerge(IndexView view) {
        List<SealedPart> parts = view.sealed();
        List<Size> sizes = new ArrayList<>();
        parts.forEach(part -> sizes.add(new Size(part.rows(), part.deadRows())));
        Range range = spec.merges().choose(sizes);
        if (range == null) {
            return null;
        }
        List<SealedPart> chosen = parts.subList(range.from(), range.to());
        return new Inputs(List.of(), chosen, chosen.getFirst().from(), chosen.getLast().to());
    }

    private void finish(Task done, Runnable others) throws IOException {
        Inputs inputs = done.inputs();
        Survivors survivors = done.survivors();
        Set<Long> replaced = inputs.sealed().stream().map(SealedPart::id).collect(toSet());
        if (done.rewrite() == null) {
            owner.makeDurable(survivors.position());
            folder.publish(replaced, List.of());
            segments.replace(inputs, null, survivors);
        } else {
            SegmentDraft draft = folder.draft();
            SegmentSummary summary = done.rewrite().write(draft.file(), others);
            count(inputs, summary);
            try {
                owner.makeDurable(survivors.position());
            } catch (IOException | RuntimeException e) {
                folder.discard(draft);
                throw e;
            }
            Addition addition = new Addition(draft, inputs.from(), inputs.to(), summary);
            folder.publish(replaced, List.of(addition));
            show(draft.id(), done);
        }
        (done.seals() ? seals : merges).increment();
        if (done.seals()) {
            owner.sealed(inputs.to());
        }
        owner.forgetDeaths(inputs.from(), inputs.to(), survivors.position());
    }

    private void count(Inputs inputs, SegmentSummary summary) {
        Written before = written;
        boolean seals = inputs.sealed().isEmpty();
        written =
                new Written(
                        before.sealedRows() + (seals ? summary.rows() : 0),
                        before.sealedBytes() + (seals ? summary.bytes() : 0),
                        before.mergedRows() + (seals ? 0 : summary.rows()),
                        before.mergedBytes() + (seals ? 0 : summary.bytes()));
    }

    private void show(long id, Task done) {
        try (SegmentView now = folder.view()) {
            for (SegmentRef ref : now.segments()) {
                if (ref.entry().id() == id) {
                    SealedPart fresh = SealedPart.of(ref, spec);
                    segments.replace(done.inputs(), fresh, done.survivors());
                    return;
                }
            }
        }
        throw new IllegalStateException("segment " + id + " is published and not there");
    }
}
