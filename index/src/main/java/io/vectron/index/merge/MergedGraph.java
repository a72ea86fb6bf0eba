package io.vectron.index.merge;

import io.vectron.index.GraphSpec;
import io.vectron.index.IndexSpec;
import io.vectron.index.Metric;
import io.vectron.index.code.NeighbourLists;
import io.vectron.index.code.Quantizer;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.vector.Kernels;
import io.vectron.index.vector.Scorer;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * Makes one graph of the rows of several segments, in slices: the largest graph is kept, without
 * its dead rows, and the other rows are inserted into it. Where most of it is dead, all are
 * inserted anew. One thread at a time; afterwards any reads it.
 */
final class MergedGraph implements NeighbourLists, AutoCloseable {

    /** A graph of which less than this share lives is not worth repairing. */
    private static final double LEAST_LIVE_SHARE = 0.4;

    private static final int NOBODY = -1;
    private static final int COPY_FACTOR = 16;
    private static final int MOST = 64;

    private final Survivors survivors;
    private final Arena arena = Arena.ofShared();
    private final Comparison rows;
    private final Links links;
    private final Pruning pruning;
    private final int base; // number of the source whose graph is kept, or NOBODY
    private final @Nullable Repair repair;
    private final GraphJoin join;
    private final float[] row;
    private final int[] neighbours = new int[MOST];
    private final int[] chosen = new int[RecordLayout.DEGREE];
    private Phase phase = Phase.COPY;
    private int next; // row the phase goes on with

    private enum Phase {
        COPY,
        REPAIR,
        TAKE,
        INSERT,
        PRUNE,
        DONE
    }

    MergedGraph(IndexSpec spec, Survivors survivors, Quantizer quantizer) {
        this.survivors = survivors;
        int count = survivors.count();
        boolean lengths = spec.metric() != Metric.DOT;
        Scorer scorer = new Scorer(spec.metric());
        this.rows =
                lengths
                        ? new CodedRows(arena, quantizer, count)
                        : new FloatRows(scorer, spec.dimension(), count);
        this.links = new Links(count);
        GraphSpec graph = spec.graph();
        this.pruning = new Pruning(rows, graph.alpha(), lengths);
        this.base = base(survivors);
        this.repair = base == NOBODY ? null : new Repair(survivors, base, pruning, links);
        // Distances of codes are squared lengths whatever the metric.
        Scorer scores = lengths ? new Scorer(Metric.EUCLIDEAN) : scorer;
        this.join = new GraphJoin(graph, spec.dimension(), rows, scores);
        this.row = new float[Kernels.padded(spec.dimension())];
    }

    private static int base(Survivors survivors) {
        int best = NOBODY;
        for (int s = 0; s < survivors.sources().size(); s++) {
            Source source = survivors.sources().get(s);
            boolean fit =
                    source.hasGraph()
                            && survivors.rows(s) >= LEAST_LIVE_SHARE * source.rows()
                            && survivors.rows(s) > 0;
            if (fit && (best == NOBODY || survivors.rows(s) > survivors.rows(best))) {
                best = s;
            }
        }
        return best;
    }

    /**
     * Goes on for about as long as {@code inserts} rows take to be inserted; false when the graph
     * is complete.
     */
    boolean step(int inserts) {
        switch (phase) {
            case COPY -> copy(COPY_FACTOR * inserts);
            case REPAIR -> repair(COPY_FACTOR * inserts);
            case TAKE -> take(COPY_FACTOR * inserts);
            case INSERT -> insert(inserts);
            case PRUNE -> prune(COPY_FACTOR * inserts);
            case DONE -> {}
        }
        return phase != Phase.DONE;
    }

    private void copy(int most) {
        int end = (int) Math.min((long) next + most, survivors.count());
        for (; next < end; next++) {
            survivors.read(next, row);
            rows.set(next, row);
        }
        if (next == survivors.count()) {
            begin(repair == null ? Phase.INSERT : Phase.REPAIR);
        }
    }

    private void begin(Phase following) {
        phase = following;
        next = 0;
    }

    private void repair(int most) {
        if (repair != null && repair.step(most)) {
            return;
        }
        begin(isAlone() ? Phase.DONE : Phase.TAKE);
    }

    /** Whether the base has all the rows there are. */
    private boolean isAlone() {
        return survivors.rows(base) == survivors.count();
    }

    private boolean ofBase(int candidate) {
        return base != NOBODY
                && candidate >= survivors.first(base)
                && candidate < survivors.first(base + 1);
    }

    private void take(int most) {
        int first = survivors.first(base);
        int count = survivors.rows(base);
        int end = Math.min(next + most, count);
        for (; next < end; next++) {
            join.take(first + next, links);
        }
        if (next == count) {
            join.startFrom(first + count / 2);
            begin(Phase.INSERT);
        }
    }

    private void insert(int most) {
        int inserted = 0;
        while (next < survivors.count() && inserted < most) {
            if (ofBase(next)) {
                next = survivors.first(base + 1);
            } else {
                join.insert(next++);
                inserted++;
            }
        }
        if (next == survivors.count()) {
            begin(Phase.PRUNE);
        }
    }

    private void prune(int most) {
        int end = (int) Math.min((long) next + most, survivors.count());
        for (; next < end; next++) {
            int count = join.neighbours(next, neighbours);
            if (count <= RecordLayout.DEGREE) {
                links.set(next, neighbours, count);
                continue;
            }
            pruning.clear();
            for (int i = 0; i < count; i++) {
                pruning.add(next, neighbours[i]);
            }
            links.set(next, chosen, pruning.choose(chosen));
        }
        if (next == survivors.count()) {
            phase = Phase.DONE;
        }
    }

    /** Gives back what only {@link #step} needs; the lists stay. Not beside one. */
    @Override
    public void close() {
        arena.close();
    }

    /** Share of the work done, from 0 to 1, roughly. */
    double progress() {
        double within = survivors.count() == 0 ? 1 : next / (double) survivors.count();
        return switch (phase) {
            case COPY -> 0.02 * within;
            case REPAIR -> 0.02 + 0.03 * within;
            case TAKE -> 0.05;
            case INSERT -> 0.05 + 0.9 * within;
            case PRUNE -> 0.95 + 0.05 * within;
            case DONE -> 1;
        };
    }

    @Override
    public int read(int ofRow, int[] to) {
        return links.read(ofRow, to);
    }
}
