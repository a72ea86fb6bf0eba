package io.vectron.index;

import io.vectron.index.vector.Scorer;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The searchable rows of one shard: exactly the state at one position of its log.
 *
 * <p>One thread at a time (the applier) calls {@link #upsert}, {@link #delete}, {@link #publish}
 * and {@link #close}; any thread searches. Within a batch the applier appends and marks with
 * positions at or above the published one, so searches go on seeing the old state; {@code publish}
 * then makes the whole batch visible at once.
 *
 * <p>Appending costs a copy of the vector. The rows enter the graph later, on the {@link
 * BuilderPool}; until then searches compare with each of them. An update is a new row and a dead
 * one; when dead rows fill the slab, live rows move to a new slab in the background.
 */
public final class VectorIndex implements AutoCloseable {

    private static final int SLICE_FLOATS = 32_768;
    private static final int MOST_SLICE_ROWS = 256;
    private static final int COMPACTION_SHARE = 4;

    private final IndexSpec spec;
    private final String name;
    private final Scorer scorer;
    private final int sliceRows;
    private final BuilderPool.Registration registration;
    private final BlockingQueue<Searcher> searchers =
            new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());
    private final LongAdder builds = new LongAdder();

    private volatile Generation generation; // replaced by the applier thread only
    private volatile @Nullable Compaction compaction; // replaced by the applier thread only
    private final LongAdder compactions = new LongAdder();
    private volatile @Nullable String buildFailure; // written by graph tasks only
    private long highest = -1; // highest offset appended or marked; applier thread only

    /**
     * An empty index at position 0.
     *
     * @param pool builds its graph; close the index before the pool
     * @param name for logs and errors
     * @throws IllegalArgumentException if the limits do not allow a single row
     * @throws IllegalStateException if the pool takes no more indexes
     */
    public VectorIndex(IndexSpec spec, BuilderPool pool, String name) {
        this(
                spec,
                pool,
                name,
                Math.clamp(SLICE_FLOATS / spec.dimension(), 1, MOST_SLICE_ROWS),
                new Scorer(spec.metric()));
    }

    /** With slices of the given number of rows. */
    VectorIndex(IndexSpec spec, BuilderPool pool, String name, int sliceRows, Scorer scorer) {
        this.spec = Objects.requireNonNull(spec, "spec");
        this.name = Objects.requireNonNull(name, "name");
        this.scorer = scorer;
        this.sliceRows = Math.clamp(SLICE_FLOATS / (long) spec.dimension(), 1, MOST_SLICE_ROWS);
        this.generation = new Generation(spec, scorer, 0);
        this.registration = pool.register(name, this::slice);
    }

    /**
     * Appends a row, invisible until a position above {@code born} is published. The id's former
     * live row, if any, is dead from {@code born} on.
     *
     * @param born the record's offset, not below the published position
     * @param vector {@code float[dimension]} as the user gave it; copied
     * @throws IllegalArgumentException if the dimension is wrong, a value is not finite, the vector
     *     is zero under cosine, or {@code born} is below the published position
     * @throws SlabFullException if there is no room; the index is unchanged
     */
    public void upsert(String id, long born, float[] vector) {
        Objects.requireNonNull(id, "id");
        requireAhead(born);
        requireDimension(vector);
        Generation now = generation;
        int rows = now.slab().rows();
        if (rows == now.slab().capacity()) {
            throw new SlabFullException(name, rows);
        }
        int superseded = now.upsert(id, born, vector, scorer);
        highest = Math.max(highest, born);
        noteDeath(superseded);
    }

    /**
     * After a start: appends the live row of {@code id} as of {@code version}. Like {@link
     * #upsert}, but only before the first publication and once an id. Any number of rows may be
     * restored, up to the slab's limit; the tail's limit is for later.
     *
     * @throws IllegalStateException if a position was published already
     */
    public void restoreRow(String id, long version, float[] vector) {
        if (position() != 0) {
            throw new IllegalStateException("rows are restored before the first publication");
        }
        if (generation.contains(id)) {
            throw new IllegalArgumentException("restored twice: " + id);
        }
        upsert(id, version, vector);
    }

    /**
     * Marks the id's live row dead from {@code offset} on; does nothing if there is none.
     *
     * @throws IllegalArgumentException if {@code offset} is below the published position
     */
    public void delete(String id, long offset) {
        requireAhead(offset);
        int deleted = generation.delete(id, offset);
        highest = Math.max(highest, offset);
        noteDeath(deleted);
    }

    private void noteDeath(int ordinal) {
        Compaction running = compaction;
        if (ordinal >= 0 && running != null) {
            running.noteDeath(ordinal);
        }
    }

    /**
     * Makes everything below {@code newPosition} visible at once.
     *
     * @throws IllegalArgumentException if the position would fall
     */
    public void publish(long newPosition) {
        Generation now = generation;
        if (newPosition < now.position()) {
            throw new IllegalArgumentException(
                    "position would fall from " + now.position() + " to " + newPosition);
        }
        Compaction running = compaction;
        if (running != null && running.ready() && highest < newPosition) {
            generation = running.finish(newPosition);
            compaction = null;
            compactions.increment();
        } else {
            now.publish(newPosition);
            if (running == null
                    && buildFailure == null
                    && Compaction.worthwhile(now, spec.limits())) {
                compaction = new Compaction(now, spec, scorer);
            }
        }
        registration.wake();
    }

    /** Whether {@code moreRows} can be appended now; for the tail it is advice, not enforced. */
    public Admission admission(int moreRows) {
        if (moreRows < 0) {
            throw new IllegalArgumentException("negative number of rows: " + moreRows);
        }
        Generation now = generation;
        if ((long) now.slab().rows() + moreRows > now.slab().capacity()) {
            return Admission.SLAB_FULL;
        }
        int limit = spec.limits().flatTailRows();
        // A batch larger than the limit would never be admitted: half a tail is room for any.
        int counted = Math.min(moreRows, limit / 2);
        return now.tailRows() + counted > limit ? Admission.TAIL_FULL : Admission.ADMITTED;
    }

    /** Whether the owner should refuse {@code moreRows} for now; {@link #admission} says why. */
    public boolean overloaded(int moreRows) {
        return admission(moreRows) != Admission.ADMITTED;
    }

    /** The published position W. */
    public long position() {
        return generation.position();
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
        requireDimension(query.vector().values());
        Searcher idle = searchers.poll();
        Searcher searcher = idle == null ? new Searcher() : idle;
        SearchResult result = searcher.search(generation, spec, scorer, query);
        if (searcher.worthKeeping()) {
            searchers.offer(searcher); // refused if enough of them wait already
        }
        return result;
    }

    /** Counters. */
    public IndexStats stats() {
        Generation now = generation;
        int graphRows = now.graph().rows();
        int rows = now.slab().rows();
        return new IndexStats(
                now.position(),
                rows,
                Math.min(now.live(), rows),
                graphRows,
                rows - graphRows,
                now.slab().bytes(),
                builds.sum(),
                compactions.sum(),
                compaction != null,
                buildFailure);
    }

    /** Stops building; a slice in progress ends first. Searches go on working on what there is. */
    @Override
    public void close() {
        registration.close();
    }

    /** One turn on the pool: a few rows for the graph, some more for a compaction. */
    private boolean slice() {
        if (buildFailure != null) {
            return false;
        }
        try {
            Generation now = generation;
            int advanced = 0;
            if (now.slab().rows() >= spec.limits().flatRows()) {
                advanced = now.graph().advance(sliceRows, now.position());
            }
            boolean compacting = false;
            Compaction running = compaction;
            if (running != null) {
                // The larger share, so that the new graph catches up with a busy writer.
                advanced += running.slice(COMPACTION_SHARE * sliceRows);
                compacting = !running.ready();
            }
            builds.add(advanced);
            return compacting || advanced > 0;
        } catch (RuntimeException | Error e) {
            // A half-inserted row may have left the graph in any state: never insert again.
            // Searches stay right, the tail is scanned flat, and admission turns the writer away in
            // time.
            buildFailure = e.toString();
            throw e;
        }
    }

    private void requireAhead(long offset) {
        if (offset < position()) {
            throw new IllegalArgumentException(
                    "offset " + offset + " is below the published position " + position());
        }
    }

    private void requireDimension(float[] vector) {
        if (vector.length != spec.dimension()) {
            throw new IllegalArgumentException(
                    "dimension is " + spec.dimension() + ", not " + vector.length);
        }
    }
}
