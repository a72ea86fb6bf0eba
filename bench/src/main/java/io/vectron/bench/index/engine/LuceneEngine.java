package io.vectron.bench.index.engine;

import io.vectron.bench.data.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.Version;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.jspecify.annotations.Nullable;

/**
 * Lucene's HNSW graph in one segment on mapped files. Searched below {@code IndexSearcher}, whose
 * overhead a vector search could avoid; the documents are the rows, in order.
 */
final class LuceneEngine implements Engine {
    private static final int MAX_CONNECTIONS = 16;
    private static final int BEAM_WIDTH = 200;
    private static final double BUFFER_MB = 1 << 14; // nothing is flushed before the thread's limit
    private static final int THREAD_BUFFER_MB = 2_047; // the most that Lucene allows
    private static final int LEAST_RERANKED = 30;
    private static final String FIELD = "v";
    private static final Comparator<ScoreDoc> NEAREST_FIRST =
            (one, other) -> Float.compare(other.score, one.score);

    /** As hnswlib's. */
    static final Map<String, String> SETTINGS =
            Map.of("m", "" + MAX_CONNECTIONS, "beam", "" + BEAM_WIDTH);

    private final Dataset data;
    private final boolean quantized;
    private final VectorSimilarityFunction similarity;
    private @Nullable Directory directory;
    private @Nullable DirectoryReader reader;

    private LuceneEngine(Dataset data, boolean quantized) {
        this.data = data;
        this.quantized = quantized;
        this.similarity =
                switch (data.metric()) {
                    case COSINE -> VectorSimilarityFunction.DOT_PRODUCT; // rows are normalised
                    case DOT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
                    case EUCLIDEAN -> VectorSimilarityFunction.EUCLIDEAN;
                };
    }

    static LuceneEngine floats(Dataset data) {
        return new LuceneEngine(data, false);
    }

    static LuceneEngine bytes(Dataset data) {
        return new LuceneEngine(data, true);
    }

    @Override
    public String description() {
        return "Lucene " + Version.LATEST;
    }

    private KnnVectorsFormat format() {
        return quantized
                ? new Lucene104HnswScalarQuantizedVectorsFormat(
                        ScalarEncoding.UNSIGNED_BYTE, MAX_CONNECTIONS, BEAM_WIDTH, 1, null)
                : new Lucene99HnswVectorsFormat(MAX_CONNECTIONS, BEAM_WIDTH);
    }

    private IndexWriterConfig config() {
        KnnVectorsFormat format = format();
        var merges = new TieredMergePolicy();
        merges.setNoCFSRatio(0);
        var config = new IndexWriterConfig();
        config.setCodec(
                new Lucene104Codec() {
                    @Override
                    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                        return format;
                    }
                });
        config.setUseCompoundFile(false);
        config.setMergePolicy(merges);
        config.setMergeScheduler(new SerialMergeScheduler());
        config.setRAMBufferSizeMB(BUFFER_MB);
        config.setRAMPerThreadHardLimitMB(THREAD_BUFFER_MB);
        return config;
    }

    /** By one thread: several would each write a segment, and merging builds again. */
    @Override
    public void build(int threads, Path folder, IntConsumer progress) throws IOException {
        try (Directory written = new MMapDirectory(folder);
                IndexWriter writer = new IndexWriter(written, config())) {
            for (int row = 0; row < data.rows(); row++) {
                var document = new Document();
                document.add(new KnnFloatVectorField(FIELD, data.row(row), similarity));
                writer.addDocument(document);
                progress.accept(row + 1);
            }
            writer.forceMerge(1);
        }
        open(folder);
    }

    @Override
    public void open(Path folder) throws IOException {
        directory = new MMapDirectory(folder);
        reader = DirectoryReader.open(directory);
        if (reader.leaves().size() != 1 || reader.maxDoc() != data.rows()) {
            throw new IOException(
                    folder
                            + " has "
                            + reader.maxDoc()
                            + " rows in "
                            + reader.leaves().size()
                            + " segments, not "
                            + data.rows()
                            + " in one");
        }
    }

    @Override
    public Search search() throws IOException {
        LeafReader leaf = Objects.requireNonNull(reader, "not open").leaves().getFirst().reader();
        return quantized
                ? new Reranked(leaf, leaf.getFloatVectorValues(FIELD), similarity)
                : (query, k, ef, answer) -> {
                    ScoreDoc[] found = candidates(leaf, query, ef);
                    return take(found, Math.min(k, found.length), answer);
                };
    }

    private static ScoreDoc[] candidates(LeafReader leaf, float[] query, int ef)
            throws IOException {
        var collector = new TopKnnCollector(ef, Integer.MAX_VALUE);
        leaf.searchNearestVectors(
                FIELD, query, collector, AcceptDocs.fromLiveDocs(null, leaf.maxDoc()));
        return collector.topDocs().scoreDocs;
    }

    private static int take(ScoreDoc[] found, int count, int[] answer) {
        for (int i = 0; i < count; i++) {
            answer[i] = found[i].doc;
        }
        return count;
    }

    /** The best by codes, put in order by floats. */
    private record Reranked(
            LeafReader leaf, FloatVectorValues vectors, VectorSimilarityFunction similarity)
            implements Search {

        @Override
        public int nearest(float[] query, int k, int ef, int[] answer) throws IOException {
            ScoreDoc[] found = candidates(leaf, query, ef);
            int count = Math.min(found.length, Math.max(LEAST_RERANKED, 2 * k));
            for (int i = 0; i < count; i++) {
                found[i].score = similarity.compare(query, vectors.vectorValue(found[i].doc));
            }
            Arrays.sort(found, 0, count, NEAREST_FIRST);
            return take(found, Math.min(k, count), answer);
        }
    }

    @Override
    public long bytes() throws IOException {
        Directory files = Objects.requireNonNull(directory, "not open");
        long bytes = 0;
        for (String file : files.listAll()) {
            bytes += files.fileLength(file);
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
        if (directory != null) {
            directory.close();
        }
    }
}
