package io.vectron.index.hot;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.NodesIterator;
import io.github.jbellis.jvector.graph.OnHeapGraphIndex;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction;
import io.github.jbellis.jvector.graph.similarity.SearchScoreProvider;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.vectron.index.GraphSpec;
import io.vectron.index.IndexSpec;
import io.vectron.index.vector.Scorer;
import java.util.Objects;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * The graph over a slab's first rows. JVector inserts; searches walk a copy of its neighbour lists
 * in the slab's {@code int[]} chunks, one line of memory a list instead of three hops.
 *
 * <p>One graph task at a time calls {@link #advance}. Nothing is ever removed: JVector's own
 * removal is not safe beside inserts and searches.
 *
 * <p>How the copy is kept without copying the world: inserting a row changes the row's own list and
 * those of its neighbours (back links), and no others, since one thread inserts at a time. Exactly
 * these lists are written anew, in place, by plain stores, while searches read them. A racing
 * search may see a list half old and half new. Each entry it sees is a whole int that was once
 * written there (or the initial 0), so it is an ordinal; the search ignores ordinals beyond the
 * rows it has acquired, so it never touches a row it cannot see whole. Lists are hints about where
 * to look next: a mixed one can cost recall for the moment, never correctness, and {@link #rows} is
 * published only after all lists of the slice are written.
 */
final class Graph {

    private static final int FIRST_SAMPLE = 16;

    /** Codes are learned anew, from all rows, when there are so many times more than before. */
    private static final int LEARN_AGAIN = 4;

    private final IndexSpec spec;
    private final Slab slab;
    private final Scores scores;
    private final GraphIndexBuilder builder;
    private final OnHeapGraphIndex graph;
    private final int maxList;
    private int[] sampled = new int[1_024]; // rows in the graph, thinned out; graph task only
    private int sampledCount; // graph task only
    private int sampleEvery = 1; // graph task only
    private int inserted; // graph task only
    private int nextSample = FIRST_SAMPLE; // graph task only
    private final float[] row; // graph task only
    private volatile int rows;
    private volatile @Nullable Codes codes; // replaced by the graph task

    Graph(IndexSpec spec, Slab slab, Scorer scorer) {
        this.spec = spec;
        this.slab = slab;
        this.scores = new Scores(scorer);
        this.maxList = slab.listStride() - 1;
        this.row = new float[slab.stride()];
        this.builder = builder(spec, scores);
        this.graph = (OnHeapGraphIndex) builder.getGraph();
    }

    // The fluent builder that replaces this constructor takes the hierarchy from settings global to
    // the JVM.
    @SuppressWarnings("deprecation")
    private static GraphIndexBuilder builder(IndexSpec spec, BuildScoreProvider scores) {
        GraphSpec graph = spec.graph();
        boolean hierarchy = false; // searches start from a sample instead
        boolean refine = false; // only ever done by the final clean-up of a bulk build
        // Inserts of single rows use neither of the two pools; they serve bulk builds.
        return new GraphIndexBuilder(
                scores,
                spec.dimension(),
                graph.degree(),
                graph.beamWidth(),
                graph.overflow(),
                graph.alpha(),
                hierarchy,
                refine,
                ForkJoinPool.commonPool(),
                ForkJoinPool.commonPool());
    }

    /**
     * Ints a row's list takes: its length, then as many ordinals as JVector lets a list grow to.
     */
    static int listStride(GraphSpec spec) {
        return 1 + (int) (spec.degree() * spec.overflow());
    }

    /** Rows [0, rows) are found by walking, unless they were dead before they got here. */
    int rows() {
        return rows;
    }

    /** Codes of at least the rows in the graph, as {@link #rows} was before; null without rows. */
    @Nullable Codes codes() {
        return codes;
    }

    /**
     * Takes in up to {@code maxRows} more rows; graph task only.
     *
     * @param position a published position: rows dead before it are left out, because no search
     *     that sees the new {@link #rows} can see them
     * @return rows inserted or left out
     */
    int advance(int maxRows, long position) {
        int from = rows;
        int to = (int) Math.min((long) from + maxRows, slab.rows());
        if (from == to) {
            return 0;
        }
        Codes coded = coded(to);
        for (int ordinal = from; ordinal < to; ordinal++) {
            coded.add(slab, ordinal, row);
        }
        for (int ordinal = from; ordinal < to; ordinal++) {
            if (slab.dead(ordinal) >= position) {
                insert(ordinal);
            }
        }
        if (inserted >= nextSample) {
            coded.startFrom(Entries.sample(coded, sampled, sampledCount));
            nextSample = 2 * inserted;
        }
        rows = to;
        return to - from;
    }

    /**
     * The codes to go on with. The first rows may be unlike those that follow, so codes are learned
     * again as rows come; those of the rows there are are made before anybody sees them.
     */
    private Codes coded(int upTo) {
        Codes now = codes;
        if (now != null && upTo <= (long) LEARN_AGAIN * now.learned()) {
            return now;
        }
        Codes next = Codes.learn(spec.metric(), spec.dimension(), slab, upTo);
        for (int ordinal = 0; ordinal < rows; ordinal++) {
            next.add(slab, ordinal, row);
        }
        Entries entries = now == null ? null : now.entries();
        if (entries != null) {
            next.startFrom(entries.with(next));
        }
        codes = next;
        return next;
    }

    private void insert(int ordinal) {
        builder.addGraphNode(ordinal, scores.searchProviderFor(ordinal));
        NodesIterator neighbours = copyList(ordinal);
        while (neighbours.hasNext()) {
            copyList(neighbours.nextInt());
        }
        inserted++;
        remember(ordinal);
    }

    /** Copies JVector's list of a row to the slab and returns another iterator over it. */
    private NodesIterator copyList(int ordinal) {
        int[] lists = slab.lists(ordinal);
        int at = slab.listAt(ordinal);
        NodesIterator neighbours = neighbours(ordinal);
        int length = 0;
        while (neighbours.hasNext() && length < maxList) {
            length++;
            lists[at + length] = neighbours.nextInt();
        }
        lists[at] = length;
        return neighbours(ordinal);
    }

    /** JVector's own list of a row; graph task only. */
    NodesIterator neighbours(int ordinal) {
        return graph.getNeighborsIterator(0, ordinal);
    }

    /** Keeps an evenly thinned list of the rows in the graph to sample entries from. */
    private void remember(int ordinal) {
        if (inserted % sampleEvery != 0) {
            return;
        }
        if (sampledCount == sampled.length) {
            for (int i = 0; i < sampledCount / 2; i++) {
                sampled[i] = sampled[2 * i + 1];
            }
            sampledCount /= 2;
            sampleEvery *= 2;
        }
        sampled[sampledCount++] = ordinal;
    }

    /**
     * Similarities between rows, for JVector: of their codes where these can be compared with each
     * other, which takes half the time, and of their floats under dot.
     */
    private final class Scores implements BuildScoreProvider {

        private final Scorer scorer;

        Scores(Scorer scorer) {
            this.scorer = scorer;
        }

        private ScoreFunction.ExactScoreFunction of(int ordinal) {
            Codes now = Objects.requireNonNull(codes);
            return switch (spec.metric()) {
                case COSINE -> other -> scorer.buildScore(now.squared(ordinal, other) / 2);
                case EUCLIDEAN -> other -> scorer.buildScore(now.squared(ordinal, other));
                case DOT -> other -> scorer.buildScore(keyDistance(ordinal, other));
            };
        }

        private float keyDistance(int ordinal, int other) {
            return scorer.keyDistance(
                    slab.vectors(ordinal),
                    slab.vectorAt(ordinal),
                    slab.vectors(other),
                    slab.vectorAt(other),
                    slab.stride());
        }

        @Override
        public boolean isExact() {
            return true;
        }

        @Override
        public VectorFloat<?> approximateCentroid() {
            // Asked for only by the final clean-up of a bulk build, which we never do.
            return VectorizationProvider.getInstance()
                    .getVectorTypeSupport()
                    .createFloatVector(spec.dimension());
        }

        @Override
        public SearchScoreProvider searchProviderFor(VectorFloat<?> vector) {
            throw new UnsupportedOperationException("rows are inserted by ordinal");
        }

        @Override
        public SearchScoreProvider searchProviderFor(int ordinal) {
            return new DefaultSearchScoreProvider(of(ordinal));
        }

        @Override
        public SearchScoreProvider diversityProviderFor(int ordinal) {
            return searchProviderFor(ordinal);
        }
    }
}
