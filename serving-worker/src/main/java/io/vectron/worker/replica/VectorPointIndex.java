package io.vectron.worker.replica;

import io.vectron.index.Admission;
import io.vectron.index.BuilderPool;
import io.vectron.index.Helpers;
import io.vectron.index.IndexLimits;
import io.vectron.index.IndexOwner;
import io.vectron.index.IndexSpec;
import io.vectron.index.IndexStats;
import io.vectron.index.LiveRows;
import io.vectron.index.MaintenanceReport;
import io.vectron.index.Metric;
import io.vectron.index.SearchQuery;
import io.vectron.index.SearchResult;
import io.vectron.index.SegmentLayout;
import io.vectron.index.VectorIndex;
import io.vectron.index.sealed.Pace;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.worker.shard.PointIndex;
import io.vectron.worker.shard.ShardFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** A {@link VectorIndex} as the shard's state machine writes it and as searches read it. */
public final class VectorPointIndex implements PointIndex, AutoCloseable {
    private final VectorIndex index;

    private VectorPointIndex(VectorIndex index) {
        this.index = index;
    }

    /** Makes the index of a replica. */
    @FunctionalInterface
    public interface Maker {
        /**
         * Opens or creates the index in a folder.
         *
         * @param owner keeps the points; to be closed after the index
         * @throws IOException if the folder cannot be read or a file in it is damaged
         */
        VectorPointIndex open(Path folder, IndexOwner owner) throws IOException;
    }

    /**
     * Makes indexes of a shard.
     *
     * @param parameters how they are built; what is not set is the default
     * @param pool does their background work; must outlive them
     */
    public static Maker maker(
            ShardFacts facts, IndexLimits limits, IndexParameters parameters, BuilderPool pool) {
        IndexSpec spec =
                new IndexSpec(facts.vector().getDimension(), metric(facts), limits)
                        .with(layout(parameters));
        return (folder, owner) ->
                new VectorPointIndex(VectorIndex.open(spec, folder, owner, pool, facts.label()));
    }

    private static SegmentLayout layout(IndexParameters parameters) {
        return switch (parameters.getLayout()) {
            // One of a later release: each replica is free to build its own.
            case SEGMENT_LAYOUT_UNSPECIFIED, SEGMENT_LAYOUT_AUTO, UNRECOGNIZED ->
                    SegmentLayout.AUTO;
            case SEGMENT_LAYOUT_COMPACT -> SegmentLayout.COMPACT;
            case SEGMENT_LAYOUT_FUSED -> SegmentLayout.FUSED;
        };
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
    public long restoreFrom() {
        return index.restoreFrom();
    }

    @Override
    public void restoreDeath(long version, long offset) {
        index.restoreDeath(version, offset);
    }

    @Override
    public void restore(String id, long version, float[] vector) {
        index.restoreRow(id, version, vector);
    }

    @Override
    public void upsert(String id, long version, float[] vector, long superseded) {
        index.upsert(id, version, vector, superseded);
    }

    @Override
    public void delete(long superseded, long offset) {
        index.delete(superseded, offset);
    }

    @Override
    public void publish(long position) {
        index.publish(position);
    }

    @Override
    public void cut() {
        index.cut();
    }

    /** Whether the segment in memory is large enough to be cut; any thread. */
    public boolean wantsCut() {
        return index.wantsCut();
    }

    /** Whether {@code rows} more rows are welcome now; any thread. */
    public Admission admission(int rows) {
        return index.admission(rows);
    }

    /**
     * The nearest rows at the position published when the search began; any thread.
     *
     * @param helpers may search segments beside the calling thread
     */
    public SearchResult search(SearchQuery query, Helpers helpers) {
        return index.search(query, helpers);
    }

    /** What it is made of, see {@link VectorIndex#report}; any thread. */
    public MaintenanceReport report(int sampledRows, BooleanSupplier goOn) {
        return index.report(sampledRows, goOn);
    }

    /** Counters; any thread. */
    public IndexStats stats() {
        return index.stats();
    }

    /** Every live row at the published position; to be called while nothing is applied. */
    LiveRows liveRows() {
        return index.liveRows();
    }

    /** Compares all files with their checksums. */
    void scrub(Pace pace) throws InterruptedException {
        index.scrub(pace);
    }

    /** Links all that is in files into a folder that does not exist yet; nothing is applied. */
    void link(Path target) throws IOException {
        index.link(target);
    }

    /** Searches must have ended. Waits for background work. */
    @Override
    public void close() {
        index.close();
    }
}
