package io.vectron.index;

import io.vectron.index.SearchResult.Hit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The searchable rows of one shard: exactly the state at one position of its log.
 *
 * <p>One thread at a time (the applier) calls {@link #upsert}, {@link #delete}, {@link #publish}
 * and {@link #close}; any thread searches. Within a batch the applier appends and marks with
 * positions at or above the published one, so searches go on seeing the old state; {@code publish}
 * then makes the whole batch visible at once.
 */
public final class VectorIndex implements AutoCloseable {

    private final IndexSpec spec;
    private final String name;
    private final Scorer scorer;
    private final Slab slab;
    private final Map<String, Integer> ordinals = new HashMap<>(); // live rows; applier thread only
    private volatile long position;
    private final BuilderPool.Registration registration;

    /**
     * An empty index at position 0.
     *
     * @param pool builds its graph; must outlive the index
     * @param name for logs and errors
     */
    public VectorIndex(IndexSpec spec, BuilderPool pool, String name) {
        this.spec = Objects.requireNonNull(spec, "spec");
        this.name = Objects.requireNonNull(name, "name");
        this.scorer = new Scorer(spec.metric());
        this.slab = new Slab(spec, 1);
        this.registration = pool.register(name, () -> false);
    }

    /**
     * Appends a row, invisible until a position above {@code born} is published. The id's former
     * live row, if any, is dead from {@code born} on.
     *
     * @param born the record's offset, not below the published position
     * @param vector {@code float[dimension]} as the user gave it; copied
     * @throws IllegalArgumentException if the dimension is wrong, a value is not finite, the vector
     *     is zero under cosine, or {@code born} is below the published position
     * @throws SlabFullException if there is no room
     */
    public void upsert(String id, long born, float[] vector) {
        requireAhead(born);
        requireDimension(vector);
        if (slab.rows() == slab.capacity()) {
            throw new SlabFullException(name, slab.rows());
        }
        int ordinal = slab.append(id, born, vector, scorer);
        Integer former = ordinals.put(id, ordinal);
        if (former != null) {
            slab.markDead(former, born);
        }
    }

    /**
     * After a start: appends the live row of {@code id} as of {@code version}. Like {@link
     * #upsert}, but only before the first publication, once an id, and without regard to the tail's
     * limit.
     */
    public void restoreRow(String id, long version, float[] vector) {
        if (position != 0) {
            throw new IllegalStateException("rows are restored before the first publication");
        }
        if (ordinals.containsKey(id)) {
            throw new IllegalArgumentException("restored twice: " + id);
        }
        upsert(id, version, vector);
    }

    /** Marks the id's live row dead from {@code offset} on; does nothing if there is none. */
    public void delete(String id, long offset) {
        requireAhead(offset);
        Integer ordinal = ordinals.remove(id);
        if (ordinal != null) {
            slab.markDead(ordinal, offset);
        }
    }

    /** Makes everything below {@code newPosition} visible at once. Positions never fall. */
    public void publish(long newPosition) {
        if (newPosition < position) {
            throw new IllegalArgumentException(
                    "position would fall from " + position + " to " + newPosition);
        }
        position = newPosition;
        registration.wake();
    }

    /** Whether {@code moreRows} can be appended now; advice, not enforced for the tail. */
    public Admission admission(int moreRows) {
        if (slab.rows() + (long) moreRows > slab.capacity()) {
            return Admission.SLAB_FULL;
        }
        return Admission.ADMITTED;
    }

    /** Whether the owner should refuse {@code moreRows} for now; {@link #admission} says why. */
    public boolean overloaded(int moreRows) {
        return admission(moreRows) != Admission.ADMITTED;
    }

    /** The published position W. */
    public long position() {
        return position;
    }

    /**
     * The nearest rows of the state at the position published when the search began.
     *
     * @throws IllegalArgumentException if the query's dimension is wrong, a value is not finite, or
     *     it is zero under cosine
     */
    public SearchResult search(SearchQuery query) {
        float[] vector = query.vector().values();
        requireDimension(vector);
        float[] prepared = scorer.prepared(vector);
        long w = position;
        FlatScan scan = new FlatScan();
        scan.scan(slab, scorer, prepared, new FlatScan.Range(0, slab.rows(), w), query.topK());
        List<Hit> hits = new ArrayList<>(scan.size());
        for (int i = 0; i < scan.size(); i++) {
            long key = scan.key(i);
            int ordinal = (int) key;
            float distance = scorer.distance(Scorer.unsortable((int) (key >> 32)));
            hits.add(
                    new Hit(
                            slab.id(ordinal),
                            slab.born(ordinal),
                            distance,
                            spec.metric().score(distance)));
        }
        return new SearchResult(w, hits, scan.visited());
    }

    /** Counters. */
    public IndexStats stats() {
        int rows = slab.rows();
        return new IndexStats(position, rows, ordinals.size(), 0, rows, slab.bytes(), 0, 0, null);
    }

    /** Stops building; a slice in progress ends first. Searches must have ended. */
    @Override
    public void close() {
        registration.close();
    }

    private void requireAhead(long offset) {
        if (offset < position) {
            throw new IllegalArgumentException(
                    "offset " + offset + " is below the published position " + position);
        }
    }

    private void requireDimension(float[] vector) {
        if (vector.length != spec.dimension()) {
            throw new IllegalArgumentException(
                    "dimension is " + spec.dimension() + ", not " + vector.length);
        }
    }
}
