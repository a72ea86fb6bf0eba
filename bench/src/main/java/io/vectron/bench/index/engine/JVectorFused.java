package io.vectron.bench.index.engine;

import io.github.jbellis.jvector.disk.ReaderSupplier;
import io.github.jbellis.jvector.disk.ReaderSupplierFactory;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.OnHeapGraphIndex;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndexWriter;
import io.github.jbellis.jvector.graph.disk.feature.Feature;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.graph.disk.feature.FusedPQ;
import io.github.jbellis.jvector.graph.disk.feature.InlineVectors;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.quantization.PQVectors;
import io.github.jbellis.jvector.quantization.ProductQuantization;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.vectron.bench.data.Dataset;
import io.vectron.index.Metric;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** JVector's graph in a mapped file, each row beside its neighbours' product codes. */
final class JVectorFused implements Engine {
    private static final String FILE = "index";
    private static final String VERSION_FILE =
            "/META-INF/maven/io.github.jbellis/jvector-base/pom.properties";
    private static final int WIDE = 256; // components; from here on fewer codes search faster
    private static final int CLUSTERS = 256; // what fused codes need

    private final Dataset data;
    private final VectorSimilarityFunction similarity;
    private @Nullable Path file;
    private @Nullable ReaderSupplier readers;
    private @Nullable OnDiskGraphIndex index;

    JVectorFused(Dataset data) {
        if (data.metric() == Metric.DOT) {
            throw new IllegalArgumentException(
                    "JVector's scores of products are negative for some rows, which it drops");
        }
        this.data = data;
        this.similarity =
                data.metric() == Metric.EUCLIDEAN
                        ? VectorSimilarityFunction.EUCLIDEAN
                        : VectorSimilarityFunction.DOT_PRODUCT; // rows are normalised
    }

    /** The graph's, and the product codes'. */
    static Map<String, String> settings(int dimension) {
        Map<String, String> settings = new HashMap<>(JVectorGraph.LAYERED.settings());
        settings.put("code", "" + componentsOfACode(dimension));
        return Map.copyOf(settings);
    }

    private static int componentsOfACode(int dimension) {
        return dimension < WIDE ? 4 : 8;
    }

    /** As its build wrote it down. */
    static String version() {
        var properties = new Properties();
        try (InputStream in = OnDiskGraphIndex.class.getResourceAsStream(VERSION_FILE)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "of unknown version");
    }

    @Override
    public String description() {
        return "JVector " + version() + ", mapped, fused product codes, re-ranked by floats";
    }

    @Override
    public void build(int threads, Path folder, IntConsumer progress)
            throws IOException, InterruptedException {
        Slab slab = new Slab(data);
        OnHeapGraphIndex graph = JVectorGraph.LAYERED.build(slab, data.rows(), threads, progress);
        RandomAccessVectorValues vectors = slab.vectors();
        try (ForkJoinPool pool = new ForkJoinPool(threads)) {
            ProductQuantization codes =
                    ProductQuantization.compute(
                            vectors,
                            Math.ceilDiv(data.dimension(), componentsOfACode(data.dimension())),
                            CLUSTERS,
                            data.metric() == Metric.EUCLIDEAN,
                            -1f,
                            pool,
                            pool);
            PQVectors coded = codes.encodeAll(vectors, pool);
            write(graph, vectors, codes, coded, folder.resolve(FILE));
        }
        open(folder);
    }

    private void write(
            OnHeapGraphIndex graph,
            RandomAccessVectorValues vectors,
            ProductQuantization codes,
            PQVectors coded,
            Path to)
            throws IOException {
        try (ImmutableGraphIndex.View view = graph.getView();
                var writer =
                        new OnDiskGraphIndexWriter.Builder(graph, to)
                                .with(new InlineVectors(data.dimension()))
                                .with(new FusedPQ(graph.maxDegree(), codes))
                                .build()) {
            Map<FeatureId, IntFunction<Feature.State>> states = new EnumMap<>(FeatureId.class);
            states.put(
                    FeatureId.INLINE_VECTORS,
                    row -> new InlineVectors.State(vectors.getVector(row)));
            states.put(FeatureId.FUSED_PQ, row -> new FusedPQ.State(view, coded, row));
            writer.write(states);
        }
    }

    @Override
    public void open(Path folder) throws IOException {
        Path from = folder.resolve(FILE);
        ReaderSupplier opened = ReaderSupplierFactory.open(from);
        file = from;
        readers = opened;
        index = OnDiskGraphIndex.load(opened);
    }

    @Override
    public Search search() {
        var searcher = new GraphSearcher(Objects.requireNonNull(index, "not open"));
        var view = (ImmutableGraphIndex.ScoringView) searcher.getView();
        return (query, k, ef, answer) -> {
            var vector = Slab.vector(query);
            var scores =
                    new DefaultSearchScoreProvider(
                            view.approximateScoreFunctionFor(vector, similarity),
                            view.rerankerFor(vector, similarity));
            return JVectorSlab.take(searcher.search(scores, k, ef, 0f, 0f, Bits.ALL), answer);
        };
    }

    @Override
    public long bytes() throws IOException {
        return Files.size(Objects.requireNonNull(file, "not open"));
    }

    @Override
    public void close() throws IOException {
        if (readers != null) {
            readers.close(); // closing the index does not
        }
    }
}
