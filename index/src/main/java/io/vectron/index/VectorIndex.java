package io.vectron.index;

import io.vectron.index.folder.SegmentFolder;
import io.vectron.index.hot.HotSegment;
import io.vectron.index.merge.Survivors;
import io.vectron.index.sealed.Pace;
import io.vectron.index.vector.Scorer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The searchable rows of one shard: exactly the state at one position of its log.
 *
 * <p>One thread at a time (the applier) calls {@link #upsert}, {@link #delete}, {@link #publish},
 * {@link #cut} and {@link #close}; any thread searches. Within a batch the applier appends and
 * marks with positions at or above the published one, so searches go on seeing the old state;
 * {@code publish} then makes the whole batch visible at once.
 *
 * <p>A row is known by its version, the offset of the record that wrote it. Rows are appended to a
 * hot segment in memory, in the order of their versions; what a write replaces is told by the
 * caller, who keeps the points anyway. Background tasks on the {@link BuilderPool} take the rows
 * into a graph; until then searches compare with each of them.
 */
public final class VectorIndex implements AutoCloseable {

    /** No row: the version that a write supersedes if there was none. */
    public static final long NONE = -1;

    private static final int SLICE_FLOATS = 32_768;
    private static final int MOST_SLICE_ROWS = 256;

    private final IndexSpec spec;
    private final String name;
    private final Scorer scorer;
    private final int sliceRows;
    private final SegmentFolder folder;
    private final Maintenance maintenance;
    private final Warmup warmup;
    private final BuilderPool pool;
    private final BuilderPool.Registration registration;
    private final Searches searches;
    private final LongAdder builds = new LongAdder();

    /** Held while rows, deaths or the set of segments change; never while a search runs. */
    private final ReentrantLock writing = new ReentrantLock();

    private final LateDeaths late = new LateDeaths(); // under the lock

    private volatile IndexView view; // replaced under the lock
    private volatile long position; // written under the lock
    private volatile boolean closed;
    private volatile @Nullable String buildFailure; // written by graph tasks only
    private long highest; // version no row is below or at; under the lock

    /** With slices of the given number of rows. */
    VectorIndex(Opening opening, IndexOwner owner, BuilderPool pool, int sliceRows, Scorer scorer) {
        this.spec = opening.spec();
        this.name = opening.name();
        this.folder = opening.folder();
        this.scorer = scorer;
        this.sliceRows = sliceRows;
        this.pool = pool;
        this.searches = new Searches(spec, scorer);
        this.highest = opening.to() - 1;
        HotSegment hot = new HotSegment(spec, scorer, opening.to());
        this.view = new IndexView(opening.parts(), List.of(), hot);
        this.warmup = new Warmup(name, owner);
        this.maintenance = new Maintenance(spec, name, folder, owner, new Changes());
        this.registration = pool.register(name, this::slice);
    }

    /**
     * Opens or creates the index in a folder, at position 0: the sealed segments as they were. The
     * owner then calls {@link #restoreDeath} for every death it knows of, {@link #restoreRow} for
     * every live row from {@link #restoreFrom} on, by ascending versions, and {@link #publish}.
     *
     * @param folder of this index alone; made if it does not exist
     * @param owner keeps the points
     * @param pool does its background work; close the index before the pool
     * @param name for logs and errors
     * @throws IOException if the folder cannot be read
     * @throws io.vectron.index.sealed.CorruptSegmentException if a segment in it is damaged
     * @throws IllegalArgumentException if the limits do not allow a single row
     * @throws IllegalStateException if the pool takes no more indexes
     */
    public static VectorIndex open(
            IndexSpec spec, Path folder, IndexOwner owner, BuilderPool pool, String name)
            throws IOException {
        int rows = Math.clamp(SLICE_FLOATS / spec.dimension(), 1, MOST_SLICE_ROWS);
        return open(spec, folder, owner, pool, name, rows, new Scorer(spec.metric()));
    }

    static VectorIndex open(
            IndexSpec spec,
            Path folder,
            IndexOwner owner,
            BuilderPool pool,
            String name,
            int sliceRows,
            Scorer scorer)
            throws IOException {
        try (Opening opening = Opening.of(spec, folder, name)) {
            try {
                return new VectorIndex(opening, owner, pool, sliceRows, scorer);
            } catch (RuntimeException e) {
                opening.folder().close();
                throw e;
            }
        }
    }

    /** Rows with lower versions are in sealed segments: they need not be restored. */
    public long restoreFrom() {
        List<SealedPart> parts = view.sealed();
        return parts.isEmpty() ? 0 : parts.getLast().to();
    }

    /**
     * After a start: a row died. Nothing happens if no sealed segment has the row: it was left out
     * by a merge, or will not be restored.
     *
     * @param version of the row
     * @param at from when on it is dead
     */
    public void restoreDeath(long version, long at) {
        requireUnpublished();
        if (version < restoreFrom()) {
            writing.lock();
            try {
                view.markDead(version, at);
            } finally {
                writing.unlock();
            }
        }
    }

    /**
     * After a start: appends a live row. Any number of rows may be restored; the tail's limit is
     * for later.
     *
     * @throws IllegalStateException if a position was published already
     * @throws IllegalArgumentException as {@link #upsert}
     */
    public void restoreRow(String id, long version, float[] vector) {
        requireUnpublished();
        upsert(id, version, vector, NONE);
    }

    private void requireUnpublished() {
        if (position != 0) {
            throw new IllegalStateException("rows are restored before the first publication");
        }
    }

    /**
     * Appends a row, invisible until a position above {@code version} is published.
     *
     * @param version the record's offset: above that of every row before, not below the published
     *     position
     * @param vector {@code float[dimension]} as the user gave it; copied
     * @param superseded version of the id's live row, which is dead from {@code version} on; or
     *     {@link #NONE}
     * @throws IllegalArgumentException if the dimension is wrong, a value is not finite, the vector
     *     is zero under cosine, or the version is not above the others
     * @throws IllegalStateException if the index has no live row of the superseded version: index
     *     and caller disagree
     */
    public void upsert(String id, long version, float[] vector, long superseded) {
        Objects.requireNonNull(id, "id");
        requireAhead(version);
        spec.requireDimension(vector);
        writing.lock();
        try {
            HotSegment hot = view.hot();
            if (hot.rows() == hot.capacity()) {
                hot = freeze();
            }
            if (version <= highest) {
                throw new IllegalArgumentException(
                        "version " + version + " is not above " + highest);
            }
            hot.append(id, version, vector, scorer);
            highest = version;
            if (superseded != NONE) {
                markDead(superseded, version);
            }
        } finally {
            writing.unlock();
        }
    }

    /** Under the lock: the hot segment takes no more rows; an empty one follows. */
    private HotSegment freeze() {
        IndexView now = view;
        List<HotSegment> frozen = new ArrayList<>(now.frozen());
        frozen.add(now.hot());
        HotSegment hot = new HotSegment(spec, scorer, highest + 1);
        change(new IndexView(now.sealed(), frozen, hot));
        registration.wake();
        return hot;
    }

    /** Under the lock: another set of segments. */
    private void change(IndexView next) {
        IndexView former = view;
        view = next;
        former.release();
    }

    private void markDead(long version, long at) {
        if (!view.markDead(version, at)) {
            throw new IllegalStateException(
                    "index " + name + " has no live row of version " + version);
        }
        late.add(version, at);
    }

    /**
     * Marks a row dead.
     *
     * @param superseded version of the row
     * @param offset the record's offset: the row is dead from it on
     * @throws IllegalArgumentException if {@code offset} is below the published position
     * @throws IllegalStateException if there is no live row of that version
     */
    public void delete(long superseded, long offset) {
        requireAhead(offset);
        writing.lock();
        try {
            markDead(superseded, offset);
        } finally {
            writing.unlock();
        }
    }

    /**
     * Makes everything below {@code newPosition} visible at once.
     *
     * @throws IllegalArgumentException if the position would fall
     */
    public void publish(long newPosition) {
        writing.lock();
        try {
            if (newPosition < position) {
                throw new IllegalArgumentException(
                        "position would fall from " + position + " to " + newPosition);
            }
            position = newPosition;
        } finally {
            writing.unlock();
        }
        registration.wake();
    }

    /**
     * Ends the hot segment, so that its rows are sealed in the background; does nothing if it is
     * empty. Searches notice nothing.
     */
    public void cut() {
        writing.lock();
        try {
            if (view.hot().rows() > 0) {
                freeze();
            }
        } finally {
            writing.unlock();
        }
    }

    /** Whether the hot segment is large enough to be cut; a hint to whoever decides. */
    public boolean wantsCut() {
        HotSegment hot = view.hot();
        return hot.rows() >= hot.capacity() / 8 * 7;
    }

    /**
     * Puts hard links to the sealed segments, and what is needed to open them, into a folder that
     * does not exist yet. The owner holds back publications meanwhile and keeps its points as they
     * are now: rows from {@link #restoreFrom} on, and deaths, are restored from them.
     */
    public void link(Path target) throws IOException {
        folder.link(target);
    }

    /** Whether {@code moreRows} can be appended now; for the tail it is advice, not enforced. */
    public Admission admission(int moreRows) {
        if (moreRows < 0) {
            throw new IllegalArgumentException("negative number of rows: " + moreRows);
        }
        IndexView now = view;
        IndexLimits limits = spec.limits();
        if (now.frozen().size() >= limits.frozenSegments()
                && (long) now.hot().rows() + moreRows > now.hot().capacity()) {
            return Admission.HOT_FULL;
        }
        int limit = limits.flatTailRows();
        // A batch larger than the limit would never be admitted: half a tail is room for any.
        int counted = Math.min(moreRows, limit / 2);
        return now.tailRows() + counted > limit ? Admission.TAIL_FULL : Admission.ADMITTED;
    }

    /** The published position W. */
    public long position() {
        return position;
    }

    /**
     * The nearest rows of the state at the position published when the search began.
     *
     * <p>Exact if asked for, or if the index is so small that comparing with every row is faster;
     * else the graph answers for the rows it has, approximately.
     *
     * @throws IllegalArgumentException if the query's dimension is wrong, a value is not finite, or
     *     it is zero under cosine
     */
    public SearchResult search(SearchQuery query) {
        return search(query, Helpers.NONE);
    }

    /**
     * The same answer, sooner if there are several segments and helpers for them.
     *
     * @param helpers asked to search segments beside the calling thread, while it searches
     */
    public SearchResult search(SearchQuery query, Helpers helpers) {
        spec.requireDimension(query.vector().values());
        float[] prepared = scorer.prepared(query.vector().values());
        try (Snapshot snapshot =
                Snapshot.take(this::viewToSearch, () -> position, scorer, prepared)) {
            return searches.search(snapshot, query, helpers);
        }
    }

    private IndexView viewToSearch() {
        if (closed) {
            throw new IllegalStateException("index " + name + " is closed");
        }
        return view;
    }

    /**
     * Reads every sealed segment again and compares it with its checksums.
     *
     * @throws io.vectron.index.sealed.CorruptSegmentException if one is not as written; searches
     *     that need it fail from now on
     * @throws InterruptedException if the pace says so
     */
    public void scrub(Pace pace) throws InterruptedException {
        Warmup.scrub(this::viewToSearch, pace);
    }

    /** Every live row at the published position; to be called while nothing is written. */
    public LiveRows liveRows() {
        return LiveRows.take(this::viewToSearch, position);
    }

    /** Counters. */
    public IndexStats stats() {
        return IndexStats.of(view, position, builds.sum(), maintenance, failure());
    }

    /**
     * What the index is made of, and how well it is searched. Sampling compares each sampled row
     * with every row: it is for people who ask, not for every minute.
     *
     * @param sampledRows rows whose neighbours are looked for; 0 to leave that out
     * @param goOn samples no further row when it says no
     */
    public MaintenanceReport report(int sampledRows, BooleanSupplier goOn) {
        RecallSample recall = RecallSample.of(this, spec, view, sampledRows, goOn);
        return MaintenanceReport.of(view, maintenance.describe(), failure(), recall);
    }

    private @Nullable String failure() {
        return buildFailure == null ? maintenance.failure() : buildFailure;
    }

    /**
     * Stops background work; a slice in progress ends first. Searches that have begun end on what
     * there is.
     */
    @Override
    public void close() {
        registration.close();
        writing.lock();
        try {
            if (!closed) {
                closed = true;
                maintenance.close();
                view.release();
                closeFolder();
            }
        } finally {
            writing.unlock();
        }
    }

    private void closeFolder() {
        try {
            folder.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot let go of the folder of " + name, e);
        }
    }

    /** One turn on the pool: a few rows for a graph, the oldest first, and some for a merge. */
    private boolean slice(boolean mayTakeLong) {
        int advanced = extendGraphs();
        // Alternately, so that neither waits for the other to end.
        boolean more = maintenance.step(sliceRows, mayTakeLong, this::whileWriting);
        return more || advanced > 0 || warmup.step(view);
    }

    /** A file takes seconds to write: meanwhile new rows of this index must not pile up, either. */
    private void whileWriting() {
        extendGraphs();
        pool.assist();
    }

    private int extendGraphs() {
        if (buildFailure != null) {
            return 0;
        }
        try {
            int advanced = 0;
            for (HotSegment segment : view.memory()) {
                if (advanced == 0 && segment.rows() >= spec.limits().flatRows()) {
                    advanced = segment.advance(sliceRows, position);
                }
            }
            builds.add(advanced);
            return advanced;
        } catch (RuntimeException | Error e) {
            // A half-inserted row may have left the graph in any state: never insert again.
            // Searches stay right, the tail is scanned flat, and the writer is turned away in time.
            buildFailure = e.toString();
            throw e;
        }
    }

    /** What background tasks see and do. */
    private final class Changes implements Maintenance.Segments {

        @Override
        public IndexView view() {
            return view;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void stepAfter(Duration pause) {
            registration.wakeAfter(pause);
        }

        @Override
        public void replace(
                Maintenance.Inputs inputs, @Nullable SealedPart fresh, Survivors survivors) {
            if (fresh != null) {
                // One look at each of its rows takes long: writers go on meanwhile.
                locked(late::begin);
                fresh.markDeathsSince(survivors);
            }
            locked(() -> {
                late.end(fresh);
                change(view.with(inputs, fresh));
            });
        }
    }

    private void locked(Runnable action) {
        writing.lock();
        try {
            action.run();
        } finally {
            writing.unlock();
        }
    }

    private void requireAhead(long offset) {
        if (offset < position) {
            throw new IllegalArgumentException(
                    "offset " + offset + " is below the published position " + position);
        }
    }
}
