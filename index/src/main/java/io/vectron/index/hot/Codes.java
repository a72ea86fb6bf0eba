package io.vectron.index.hot;

import io.vectron.index.Metric;
import io.vectron.index.code.CodeTable;
import io.vectron.index.code.DistanceGrowth;
import io.vectron.index.code.PartialDistance;
import io.vectron.index.code.Quantizer;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.code.Rows;
import io.vectron.index.vector.Kernels;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * 7-bit codes of a slab's rows, beside their floats: walks compare a quarter of the memory. One
 * graph task at a time adds rows; any thread reads rows that were added before the graph's number
 * of rows was published.
 */
final class Codes {

    private final Quantizer quantizer;
    private final CodeTable table;
    private final float[] scaled; // graph task only
    private final int learned;
    private final PartialDistance partial;
    private final DistanceGrowth growth;
    private volatile @Nullable Entries entries; // replaced by the graph task

    private Codes(Metric metric, Quantizer quantizer, Rows sample, int capacity) {
        this.quantizer = quantizer;
        this.learned = sample.count();
        int bytes = quantizer.codeBytes();
        this.table = new CodeTable(Arena.ofAuto(), bytes, capacity);
        this.scaled = new float[bytes];
        this.partial = quantizer.signed() ? PartialDistance.none(bytes) : partial(sample);
        this.growth = DistanceGrowth.learn(metric, quantizer.dimension(), sample);
    }

    private PartialDistance partial(Rows sample) {
        int count = Math.min(sample.count(), PartialDistance.SAMPLE);
        float[] row = new float[Kernels.padded(quantizer.dimension())];
        try (Arena arena = Arena.ofConfined()) {
            CodeTable codes = new CodeTable(arena, bytes(), Math.max(1, count));
            for (int i = 0; i < count; i++) {
                sample.read((int) ((long) i * sample.count() / count), row);
                quantizer.scale(row, scaled);
                codes.set(i, quantizer, scaled);
            }
            return PartialDistance.learn(codes, count);
        }
    }

    /** Learns from the slab's first rows; nothing is coded yet. */
    static Codes learn(Metric metric, int dimension, Slab slab, int rows) {
        Rows sample =
                new Rows() {
                    @Override
                    public int count() {
                        return rows;
                    }

                    @Override
                    public void read(int row, float[] to) {
                        System.arraycopy(
                                slab.vectors(row), slab.vectorAt(row), to, 0, slab.stride());
                    }
                };
        Quantizer quantizer = Quantizer.train(metric, dimension, sample);
        return new Codes(metric, quantizer, sample, slab.capacity());
    }

    /** Rows the codes were learned from. */
    int learned() {
        return learned;
    }

    Quantizer quantizer() {
        return quantizer;
    }

    /** Codes a row; {@code floats} is scratch for one padded row. */
    void add(Slab slab, int row, float[] floats) {
        System.arraycopy(slab.vectors(row), slab.vectorAt(row), floats, 0, slab.stride());
        quantizer.scale(floats, scaled);
        table.set(row, quantizer, scaled);
    }

    /** Copies a row's code. */
    void copy(int row, CodeTable to, int toRow) {
        to.set(toRow, table, row);
    }

    /** Where a row's code begins; valid as long as these codes are reachable. */
    long address(int row) {
        return table.address(row);
    }

    int bytes() {
        return table.bytes();
    }

    /** From now on walks start from these rows. */
    void startFrom(Entries rows) {
        entries = rows;
    }

    /** Where walks start, or null while there is no graph. */
    @Nullable Entries entries() {
        return entries;
    }

    /** How much of a distance the first bytes of codes show. */
    PartialDistance partial() {
        return partial;
    }

    /** How distances grow between the rows they were learned from. */
    DistanceGrowth growth() {
        return growth;
    }

    /** Squared distance of two rows, in the rows' own units. */
    float squared(int a, int b) {
        return table.squared(a, b) * quantizer.squaredStep();
    }

    /** Bytes a row takes. */
    static int bytes(int dimension) {
        return new RecordLayout(dimension, false).codeBytes();
    }
}
