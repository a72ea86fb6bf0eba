package io.vectron.index.sealed;

import io.vectron.index.Metric;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.vector.Kernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Rows made up from a seed, each from its ordinal alone, so that any number of them needs no
 * memory. Tests override what they want otherwise.
 */
class RandomSource implements SegmentSource {

    private final long seed;
    private final int rows;
    private final RecordLayout layout;
    private final Metric metric;

    RandomSource(long seed, int rows, RecordLayout layout, Metric metric) {
        this.seed = seed;
        this.rows = rows;
        this.layout = layout;
        this.metric = metric;
    }

    @Override
    public RecordLayout layout() {
        return layout;
    }

    @Override
    public Metric metric() {
        return metric;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public long version(int ordinal) {
        return 100 + 10L * ordinal + random(ordinal, 1).nextInt(10);
    }

    @Override
    public byte[] id(int ordinal) {
        // A permutation of 32 bits, so that no two are the same and the order is another.
        String id = "item-" + Integer.toUnsignedString((ordinal + (int) seed) * 0x9E3779B1);
        return id.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void records(int from, int to, MemorySegment into) {
        for (int row = from; row < to; row++) {
            byte[] record = new byte[layout.stride()];
            SplittableRandom random = random(row, 2);
            random.nextBytes(record);
            MemorySegment bytes = MemorySegment.ofArray(record);
            for (int i = 0; i < RecordLayout.DEGREE; i++) {
                bytes.set(SegmentFormat.INT, layout.neighboursAt() + 4L * i, random.nextInt(rows));
            }
            into.asSlice((long) (row - from) * record.length, record.length).copyFrom(bytes);
        }
    }

    @Override
    public void floats(int from, int to, MemorySegment into) {
        int padded = Kernels.padded(layout.dimension());
        for (int row = from; row < to; row++) {
            SplittableRandom random = random(row, 3);
            long at = (long) (row - from) * padded;
            for (int i = 0; i < layout.dimension(); i++) {
                into.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, (float) random.nextDouble());
            }
        }
    }

    @Override
    public int[] stillborn() {
        return rows < 3 ? new int[0] : new int[] {0, rows / 2, rows - 1};
    }

    @Override
    public MemorySegment quantizer() {
        return bytes(4, 100);
    }

    @Override
    public MemorySegment entries() {
        return bytes(5, 33);
    }

    private MemorySegment bytes(int part, int size) {
        byte[] bytes = new byte[size];
        new Random(seed + part).nextBytes(bytes);
        return MemorySegment.ofArray(bytes);
    }

    private SplittableRandom random(int ordinal, int part) {
        return new SplittableRandom((seed * 31 + part) * 0x9E37_79B9_7F4A_7C15L + ordinal);
    }
}
