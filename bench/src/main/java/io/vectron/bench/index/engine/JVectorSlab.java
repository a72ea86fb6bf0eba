package io.vectron.bench.index.engine;

import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.OnHeapGraphIndex;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.vectron.bench.data.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** JVector's graph on the heap, searched by its own searcher with scores over one array. */
final class JVectorSlab implements Engine {
    private static final String FILE = "graph";

    private final Dataset data;
    private @Nullable Slab slab;
    private @Nullable OnHeapGraphIndex graph;

    JVectorSlab(Dataset data) {
        this.data = data;
    }

    @Override
    public String description() {
        return "JVector " + JVectorFused.version() + ", GraphSearcher over one array";
    }

    @Override
    public void build(int threads, Path folder, IntConsumer progress)
            throws IOException, InterruptedException {
        Slab rows = new Slab(data);
        slab = rows;
        graph = JVectorGraph.LAYERED.build(rows, data.rows(), threads, progress);
        JVectorGraph.save(graph, folder.resolve(FILE));
    }

    @Override
    public void open(Path folder) throws IOException {
        Slab rows = new Slab(data);
        slab = rows;
        graph = JVectorGraph.LAYERED.load(folder.resolve(FILE), rows);
    }

    @Override
    public Search search() {
        Slab rows = Objects.requireNonNull(slab, "not open");
        OnHeapGraphIndex lists = Objects.requireNonNull(graph, "not open");
        var searcher = new GraphSearcher(lists);
        return (query, k, ef, answer) -> {
            // The graph does not change: one view serves all searches.
            var scores = new DefaultSearchScoreProvider(rows.to(query));
            return take(searcher.search(scores, k, ef, 0f, 0f, Bits.ALL), answer);
        };
    }

    static int take(SearchResult result, int[] answer) {
        SearchResult.NodeScore[] nodes = result.getNodes();
        for (int i = 0; i < nodes.length; i++) {
            answer[i] = nodes[i].node;
        }
        return nodes.length;
    }

    @Override
    public long bytes() {
        return Objects.requireNonNull(slab, "not open").bytes()
                + Objects.requireNonNull(graph, "not open").ramBytesUsed();
    }

    @Override
    public void close() {
        slab = null;
        graph = null;
    }
}
