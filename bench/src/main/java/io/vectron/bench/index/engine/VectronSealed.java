package io.vectron.bench.index.engine;

import io.github.jbellis.jvector.graph.NodesIterator;
import io.github.jbellis.jvector.graph.OnHeapGraphIndex;
import io.vectron.bench.data.Dataset;
import io.vectron.index.Metric;
import io.vectron.index.code.Coding;
import io.vectron.index.code.NeighbourLists;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.sealed.RecordWriter;
import io.vectron.index.sealed.Records;
import io.vectron.index.sealed.SealedSegment;
import io.vectron.index.sealed.SegmentFormat;
import io.vectron.index.sealed.SegmentSource;
import io.vectron.index.sealed.SegmentWriter;
import io.vectron.index.sealed.Walk;
import io.vectron.index.vector.Kernels;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** One sealed segment of ours, mapped from its file. */
final class VectronSealed implements Engine {
    private static final String FILE = "segment-0000000000000001.vsg";
    private static final int LEAST_RERANKED = 16;
    private static final JVectorGraph FUSED_GRAPH = JVectorGraph.FLAT;
    private static final JVectorGraph COMPACT_GRAPH = JVectorGraph.FLAT.withAlpha(1.0f);

    private final Dataset data;
    private final RecordLayout layout;
    private @Nullable SealedSegment segment;

    private VectronSealed(Dataset data, boolean fused) {
        this.data = data;
        this.layout = new RecordLayout(data.dimension(), fused);
    }

    static VectronSealed fused(Dataset data) {
        return new VectronSealed(data, true);
    }

    static VectronSealed compact(Dataset data) {
        return new VectronSealed(data, false);
    }

    /** The graph's, and the version of the file's format. */
    static Map<String, String> settings(boolean fused) {
        Map<String, String> settings = new HashMap<>(graph(fused).settings());
        settings.put("format", "" + SegmentFormat.VERSION);
        return Map.copyOf(settings);
    }

    private static JVectorGraph graph(boolean fused) {
        return fused ? FUSED_GRAPH : COMPACT_GRAPH;
    }

    @Override
    public String description() {
        return "a sealed segment, "
                + (layout.fused() ? "fused" : "compact")
                + " records of "
                + layout.stride()
                + " bytes, mapped, re-ranked by floats";
    }

    @Override
    public void build(int threads, Path folder, IntConsumer progress)
            throws IOException, InterruptedException {
        Slab slab = new Slab(data);
        OnHeapGraphIndex graph = graph(layout.fused()).build(slab, data.rows(), threads, progress);
        NeighbourLists lists =
                (row, to) -> {
                    NodesIterator neighbours = graph.getNeighborsIterator(0, row);
                    int count = 0;
                    while (neighbours.hasNext() && count < RecordLayout.DEGREE) {
                        to[count++] = neighbours.nextInt();
                    }
                    return count;
                };
        Coding coding = Coding.train(data.metric(), layout, slab.rows(), lists);
        try (Arena arena = Arena.ofConfined()) {
            var writer = new RecordWriter(coding, slab.rows(), lists);
            var source = new Source(data.metric(), coding, writer, slab, arena);
            SegmentWriter.write(folder.resolve(FILE), source);
        }
        open(folder);
    }

    @Override
    public void open(Path folder) throws IOException {
        segment = SealedSegment.open(folder.resolve(FILE));
    }

    @Override
    public Search search() {
        Records records = Records.of(Objects.requireNonNull(segment, "not open"));
        Walk walk = Walk.of(layout);
        int padded = Kernels.padded(data.dimension());
        return (query, k, ef, answer) -> {
            int reranked = Math.min(ef, Math.max(LEAST_RERANKED, k + k / 2));
            float[] whole = Arrays.copyOf(query, padded);
            int found = walk.search(records, whole, ef, reranked, data.rows());
            int count = Math.min(found, k);
            for (int i = 0; i < count; i++) {
                answer[i] = (int) walk.found()[i];
            }
            return count;
        };
    }

    @Override
    public long bytes() {
        return Objects.requireNonNull(segment, "not open").bytes();
    }

    @Override
    public void close() throws IOException {
        if (segment != null) {
            segment.close();
        }
    }

    /** All rows of the slab; a row's number is its version and its id. */
    private record Source(Metric metric, Coding coding, RecordWriter writer, Slab slab, Arena arena)
            implements SegmentSource {

        @Override
        public RecordLayout layout() {
            return coding.layout();
        }

        @Override
        public int rows() {
            return slab.rows().count();
        }

        @Override
        public long version(int ordinal) {
            return ordinal;
        }

        @Override
        public byte[] id(int ordinal) {
            return Integer.toString(ordinal).getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public void records(int from, int to, MemorySegment into) {
            writer.write(from, to, into);
        }

        @Override
        public void floats(int from, int to, MemorySegment into) {
            slab.copy(from, to, into);
        }

        @Override
        public int[] stillborn() {
            return new int[0];
        }

        @Override
        public MemorySegment quantizer() {
            MemorySegment bytes = arena.allocate(Coding.bytes(layout()), RecordLayout.LINE_BYTES);
            coding.write(bytes);
            return bytes;
        }

        @Override
        public MemorySegment entries() {
            MemorySegment bytes = arena.allocate(writer.entriesBytes(), RecordLayout.LINE_BYTES);
            writer.writeEntries(bytes);
            return bytes;
        }
    }
}
