package io.vectron.index.merge;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex.NodeAtLevel;
import io.github.jbellis.jvector.graph.NodeArray;
import io.github.jbellis.jvector.graph.NodesIterator;
import io.github.jbellis.jvector.graph.OnHeapGraphIndex;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction;
import io.github.jbellis.jvector.graph.similarity.SearchScoreProvider;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.vectron.index.GraphSpec;
import io.vectron.index.vector.Scorer;
import java.util.concurrent.ForkJoinPool;

/**
 * A JVector graph that begins with the lists of rows that have a graph, and into which the other
 * rows are inserted. One thread at a time.
 */
final class GraphJoin {

    private static final int MOST = 64;

    private final Comparison rows;
    private final Scorer scorer;
    private final GraphIndexBuilder builder;
    private final OnHeapGraphIndex graph;
    private final int[] neighbours = new int[MOST];

    /** An empty graph. */
    GraphJoin(GraphSpec spec, int dimension, Comparison rows, Scorer scorer) {
        this.rows = rows;
        this.scorer = scorer;
        this.builder = builder(spec, dimension, new Scores(rows, scorer, dimension));
        this.graph = (OnHeapGraphIndex) builder.getGraph();
    }

    // The fluent builder that replaces this constructor takes the hierarchy from settings global to
    // the JVM.
    @SuppressWarnings("deprecation")
    private static GraphIndexBuilder builder(
            GraphSpec spec, int dimension, BuildScoreProvider scores) {
        boolean hierarchy = false; // searches start from a sample instead
        boolean refine = false;
        // Inserts of single rows use neither of the two pools; they serve bulk builds.
        return new GraphIndexBuilder(
                scores,
                dimension,
                spec.degree(),
                spec.beamWidth(),
                spec.overflow(),
                spec.alpha(),
                hierarchy,
                refine,
                ForkJoinPool.commonPool(),
                ForkJoinPool.commonPool());
    }

    /** Takes a row with its list, as it is; all of these before the first {@link #insert}. */
    void take(int row, Links links) {
        int count = links.read(row, neighbours);
        ScoreFunction.ExactScoreFunction score = Scores.of(rows, scorer, row);
        NodeArray list = new NodeArray(count);
        for (int i = 0; i < count; i++) {
            list.insertSorted(neighbours[i], score.similarityTo(neighbours[i]));
        }
        NodeAtLevel node = new NodeAtLevel(0, row);
        graph.connectNode(node, list); // adds it, too
        graph.markComplete(node);
    }

    /** Makes a row taken before the one from which inserts begin to look for neighbours. */
    void startFrom(int row) {
        graph.updateEntryNode(new NodeAtLevel(0, row));
    }

    /** Finds neighbours for a row and makes it theirs. */
    void insert(int row) {
        builder.addGraphNode(row, new DefaultSearchScoreProvider(Scores.of(rows, scorer, row)));
    }

    /** The row's neighbours, written to {@code to}; more than the degree while lists overflow. */
    int neighbours(int row, int[] to) {
        NodesIterator found = graph.getNeighborsIterator(0, row);
        int count = 0;
        while (found.hasNext() && count < to.length) {
            to[count++] = found.nextInt();
        }
        return count;
    }

    /** Similarities between rows, for JVector. */
    private record Scores(Comparison rows, Scorer scorer, int dimension)
            implements BuildScoreProvider {

        static ScoreFunction.ExactScoreFunction of(Comparison rows, Scorer scorer, int row) {
            return other -> scorer.buildScore(rows.distance(row, other));
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
                    .createFloatVector(dimension);
        }

        @Override
        public SearchScoreProvider searchProviderFor(VectorFloat<?> vector) {
            throw new UnsupportedOperationException("rows are inserted by ordinal");
        }

        @Override
        public SearchScoreProvider searchProviderFor(int row) {
            return new DefaultSearchScoreProvider(of(rows, scorer, row));
        }

        @Override
        public SearchScoreProvider diversityProviderFor(int row) {
            return searchProviderFor(row);
        }
    }
}
