package io.vectron.index.sealed;

import io.vectron.index.Metric;
import io.vectron.index.code.ArrayRows;
import io.vectron.index.code.Coding;
import io.vectron.index.code.NeighbourLists;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.vector.Kernels;
import io.vectron.index.vector.Scorer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;

/** A segment in memory over clustered rows, with a graph by brute force. */
final class Segment implements AutoCloseable {

    private static final int K = 10;
    private static final int CLUSTERS = 25;

    final Scorer scorer;
    final ArrayRows rows;
    final Records records;
    private final Metric metric;
    private final Arena arena = Arena.ofShared();
    private final float[][] centres;
    private final float scale;

    private Segment(Metric metric, boolean fused, int count, int dimension, float scale) {
        this.metric = metric;
        this.scorer = new Scorer(metric);
        this.scale = scale;
        Random random = new Random(count + dimension);
        this.centres = new float[CLUSTERS][dimension];
        for (float[] centre : centres) {
            for (int j = 0; j < dimension; j++) {
                centre[j] = (float) random.nextGaussian();
            }
        }
        float[][] vectors = new float[count][];
        for (int i = 0; i < count; i++) {
            vectors[i] = Arrays.copyOf(scorer.prepared(query(random)), dimension);
        }
        this.rows = new ArrayRows(vectors);
        RecordLayout layout = new RecordLayout(dimension, fused);
        BruteGraph graph = new BruteGraph(scorer, rows, random);
        this.records = write(layout, graph);
    }

    static Segment clustered(Metric metric, boolean fused, int count, int dimension) {
        return clustered(metric, fused, count, dimension, 1);
    }

    static Segment clustered(Metric metric, boolean fused, int count, int dimension, float scale) {
        return new Segment(metric, fused, count, dimension, scale);
    }

    private Records write(RecordLayout layout, NeighbourLists graph) {
        Coding coding = Coding.train(metric, layout, rows, graph);
        RecordWriter writer = new RecordWriter(coding, rows, graph);
        MemorySegment memory = arena.allocate(writer.bytes(), 64);
        int half = rows.count() / 2;
        writer.write(half, rows.count(), memory.asSlice((long) half * layout.stride()));
        writer.write(0, half, memory);
        MemorySegment entries = arena.allocate(writer.entriesBytes(), 64);
        writer.writeEntries(entries);
        int stride = Kernels.padded(layout.dimension());
        MemorySegment floats = arena.allocate((long) Float.BYTES * stride * rows.count(), 64);
        for (int i = 0; i < rows.count(); i++) {
            long at = (long) Float.BYTES * stride * i;
            MemorySegment.copy(rows.padded(i), 0, floats, ValueLayout.JAVA_FLOAT, at, stride);
        }
        return new Records(
                metric,
                coding,
                new Body(memory, BlockGuard.trusting()),
                new Body(floats, BlockGuard.trusting()),
                entries,
                new Deaths(rows.count()));
    }

    /** The same memory with other guards. */
    Records with(BlockGuard guard, BlockGuard floatsGuard) {
        return new Records(
                metric,
                records.coding,
                new Body(records.memory, guard),
                new Body(records.floats, floatsGuard),
                records.entries,
                new Deaths(rows.count()));
    }

    /**
     * A guard of a body, as of a file.
     *
     * @param read gets the blocks that were compared with their checksums
     * @param sound whether the checksums are right
     */
    static BlockGuard guard(MemorySegment memory, Set<Long> read, boolean sound) {
        int[] checksums = new int[BlockGuard.blocks(memory.byteSize())];
        for (int block = 0; block < checksums.length; block++) {
            long at = (long) block * BlockGuard.BLOCK_BYTES;
            long length = Math.min(BlockGuard.BLOCK_BYTES, memory.byteSize() - at);
            CRC32C checksum = new CRC32C();
            checksum.update(memory.asSlice(at, length).asByteBuffer());
            checksums[block] = (int) checksum.getValue() ^ (sound ? 0 : 1);
        }
        FileBytes file =
                (at, into, length) -> {
                    read.add(at / BlockGuard.BLOCK_BYTES);
                    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, into, 0, length);
                };
        Verdict verdict = new Verdict(Path.of("some.vsg"));
        return new BlockGuard(verdict, "body", file, 0, memory.byteSize(), checksums);
    }

    /** A vector like the rows, not prepared. */
    float[] query(Random random) {
        float[] vector = centres[random.nextInt(CLUSTERS)].clone();
        for (int j = 0; j < vector.length; j++) {
            vector[j] = scale * (vector[j] + 0.4f * (float) random.nextGaussian());
        }
        return vector;
    }

    /** Recall@10 over a number of queries; fails if a row is answered that is not alive. */
    double recall(int ef, long position, int queries) {
        Random random = new Random(99);
        Walk walk = Walk.of(records.layout);
        int hits = 0;
        int wanted = 0;
        for (int q = 0; q < queries; q++) {
            float[] query = scorer.prepared(query(random));
            Set<Integer> nearest = nearest(query, position);
            int count = walk.search(records, query, K, Math.max(ef, K), position);
            for (int i = 0; i < count; i++) {
                int ordinal = (int) walk.found()[i];
                if (!records.deaths.visible(ordinal, position)) {
                    throw new AssertionError("row " + ordinal + " is dead at " + position);
                }
                hits += i < K && nearest.contains(ordinal) ? 1 : 0;
            }
            wanted += nearest.size();
        }
        return (double) hits / wanted;
    }

    private Set<Integer> nearest(float[] query, long position) {
        long[] keys = new long[rows.count()];
        int count = 0;
        for (int i = 0; i < rows.count(); i++) {
            if (records.deaths.visible(i, position)) {
                float distance = scorer.keyDistance(query, rows.padded(i), 0);
                keys[count++] = (long) Scorer.sortable(distance) << 32 | i;
            }
        }
        Arrays.sort(keys, 0, count);
        Set<Integer> nearest = new HashSet<>();
        for (int i = 0; i < Math.min(K, count); i++) {
            nearest.add((int) keys[i]);
        }
        return nearest;
    }

    @Override
    public void close() {
        arena.close();
    }
}
