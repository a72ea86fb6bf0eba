package io.vectron.index.merge;

import io.vectron.index.IndexSpec;
import io.vectron.index.Metric;
import io.vectron.index.code.Coding;
import io.vectron.index.code.DistanceGrowth;
import io.vectron.index.code.ProductQuantizer;
import io.vectron.index.code.Quantizer;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.sealed.RecordWriter;
import io.vectron.index.sealed.SegmentSource;
import io.vectron.index.sealed.SegmentSummary;
import io.vectron.index.sealed.SegmentWriter;
import io.vectron.index.vector.Kernels;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Makes one sealed segment of the surviving rows of several, in slices on whatever thread calls.
 * One thread at a time.
 */
public final class Rewrite implements AutoCloseable {

    private static final long SEED = 0x5EED; // the same rows give the same file
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final IndexSpec spec;
    private final Survivors survivors;
    private final RecordLayout layout;
    private final Quantizer quantizer;
    private final MergedGraph graph;

    /**
     * @param survivors at least one row
     * @param layout of the new segment's records
     */
    public Rewrite(IndexSpec spec, Survivors survivors, RecordLayout layout) {
        this.spec = spec;
        this.survivors = survivors;
        this.layout = layout;
        this.quantizer = Quantizer.train(spec.metric(), spec.dimension(), survivors);
        this.graph = new MergedGraph(spec, survivors, quantizer);
    }

    /** The rows that go into the segment. */
    public Survivors survivors() {
        return survivors;
    }

    /**
     * Goes on with the graph for about as long as {@code inserts} rows take; false when it is
     * complete and the segment can be written.
     */
    public boolean step(int inserts) {
        return graph.step(inserts);
    }

    /** Share of the work that is done, from 0 to 1, roughly. */
    public double progress() {
        return graph.progress();
    }

    /** Gives back memory outside of the heap; the last call. */
    @Override
    public void close() {
        graph.close();
    }

    /**
     * Writes the segment to a file that does not exist yet and forces it to the disk.
     *
     * @param pause called every now and then, so that others get their turn
     * @throws IOException if it cannot be written; there is no file then
     */
    public SegmentSummary write(Path file, Runnable pause) throws IOException {
        ProductQuantizer products =
                layout.fused() ? ProductQuantizer.train(quantizer, survivors, graph, SEED) : null;
        DistanceGrowth growth = DistanceGrowth.learn(spec.metric(), spec.dimension(), survivors);
        Coding coding = new Coding(layout, quantizer, products, growth);
        try (Arena arena = Arena.ofConfined()) {
            return SegmentWriter.write(file, new Written(coding, arena, pause));
        }
    }

    /** What the file is written from. */
    private final class Written implements SegmentSource {

        private final RecordWriter records;
        private final MemorySegment coding;
        private final MemorySegment entries;
        private final Runnable pause;
        private final float[] row = new float[Kernels.padded(spec.dimension())];

        Written(Coding coding, Arena arena, Runnable pause) {
            this.records = new RecordWriter(coding, survivors, graph);
            this.coding = arena.allocate(Coding.bytes(layout), RecordLayout.LINE_BYTES);
            coding.write(this.coding);
            this.entries = arena.allocate(records.entriesBytes(), RecordLayout.LINE_BYTES);
            records.writeEntries(entries);
            this.pause = pause;
        }

        @Override
        public RecordLayout layout() {
            return layout;
        }

        @Override
        public Metric metric() {
            return spec.metric();
        }

        @Override
        public int rows() {
            return survivors.count();
        }

        @Override
        public long version(int ordinal) {
            return survivors.version(ordinal);
        }

        @Override
        public byte[] id(int ordinal) {
            return survivors.id(ordinal);
        }

        @Override
        public void records(int from, int to, MemorySegment into) {
            records.write(from, to, into);
            pause.run();
        }

        @Override
        public void floats(int from, int to, MemorySegment into) {
            for (int ordinal = from; ordinal < to; ordinal++) {
                survivors.read(ordinal, row);
                long at = (long) (ordinal - from) * row.length * Float.BYTES;
                MemorySegment.copy(row, 0, into, FLOAT, at, row.length);
            }
            pause.run();
        }

        @Override
        public int[] stillborn() {
            return new int[0];
        }

        @Override
        public MemorySegment quantizer() {
            return coding;
        }

        @Override
        public MemorySegment entries() {
            return entries;
        }
    }
}
