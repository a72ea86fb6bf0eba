package io.vectron.worker.replica;

import io.vectron.index.Admission;
import io.vectron.index.BuilderPool;
import io.vectron.index.IndexLimits;
import io.vectron.index.IndexSpec;
import io.vectron.index.IndexStats;
import io.vectron.index.Metric;
import io.vectron.index.SearchQuery;
import io.vectron.index.SearchResult;
import io.vectron.index.VectorIndex;
import io.vectron.worker.shard.PointIndex;
import io.vectron.worker.shard.ShardFacts;

/** A {@link VectorIndex} as the shard's state machine writes it and as searches read it. */
public final class VectorPointIndex implements PointIndex, AutoCloseable {
    private final VectorIndex index;

    /**
     * An empty index.
     *
     * @param pool builds its graph; must outlive the index
     */
    public VectorPointIndex(ShardFacts facts, IndexLimits limits, BuilderPool pool) {
        IndexSpec spec = new IndexSpec(facts.vector().getDimension(), metric(facts), limits);
        this.index = new VectorIndex(spec, pool, facts.label());
    }

    private static Metric metric(ShardFacts facts) {
        return switch (facts.vector().getMetric()) {
            case METRIC_COSINE -> Metric.COSINE;
            case METRIC_DOT -> Metric.DOT;
            case METRIC_EUCLIDEAN -> Metric.EUCLIDEAN;
            case METRIC_UNSPECIFIED, UNRECOGNIZED ->
                    throw new IllegalArgumentException("no known metric: " + facts.label());
        };
    }

    @Override
    public boolean hasRoom(int rows) {
        if (admission(rows) == Admission.SLAB_FULL) {
            // A finished compaction takes effect with a publication, and while batches are refused
            // for want of room none would come.
            index.publish(index.position());
        }
        return admission(rows) != Admission.SLAB_FULL;
    }

    @Override
    public void restore(String id, long version, float[] vector) {
        index.restoreRow(id, version, vector);
    }

    @Override
    public void upsert(String id, long version, float[] vector) {
        index.upsert(id, version, vector);
    }

    @Override
    public void delete(String id, long offset) {
        index.delete(id, offset);
    }

    @Override
    public void publish(long position) {
        index.publish(position);
    }

    /** Whether {@code rows} more rows are welcome now; any thread. */
    public Admission admission(int rows) {
        return index.admission(rows);
    }

    /** The nearest rows at the position published when the search began; any thread. */
    public SearchResult search(SearchQuery query) {
        return index.search(query);
    }

    /** Counters; any thread. */
    public IndexStats stats() {
        return index.stats();
    }

    /** Searches must have ended. */
    @Override
    public void close() {
        index.close();
    }
}
