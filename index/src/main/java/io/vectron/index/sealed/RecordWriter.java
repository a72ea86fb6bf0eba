package io.vectron.index.sealed;

import io.vectron.index.code.Coding;
import io.vectron.index.code.NeighbourLists;
import io.vectron.index.code.RecordEncoder;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.code.Rows;
import io.vectron.index.vector.Kernels;
import java.lang.foreign.MemorySegment;

/**
 * Writes the records of a segment. Any number of threads may write different ranges at a time; the
 * bytes do not depend on how the rows were divided.
 */
public final class RecordWriter {

    private static final int MOST_SAMPLES = 512;
    private static final int MOST_COMPACT_SAMPLES = 64;
    private static final int MOST_AVERAGED = 4_096;

    private final Coding coding;
    private final RecordLayout layout;
    private final Rows rows;
    private final NeighbourLists lists;

    /** Writes {@code rows} and the graph over them as {@code coding} says. */
    public RecordWriter(Coding coding, Rows rows, NeighbourLists lists) {
        if (rows.count() < 1 || rows.count() > SegmentFormat.MAX_ROWS) {
            throw new IllegalArgumentException("a segment of " + rows.count() + " rows");
        }
        this.coding = coding;
        this.layout = coding.layout();
        this.rows = rows;
        this.lists = lists;
    }

    /** Bytes of all records. */
    public long bytes() {
        return (long) rows.count() * layout.stride();
    }

    /** Writes the records of rows [{@code from}, {@code to}) to the beginning of {@code into}. */
    public void write(int from, int to, MemorySegment into) {
        RecordEncoder encoder = new RecordEncoder(coding, rows);
        int[] neighbours = new int[RecordLayout.DEGREE];
        for (int row = from; row < to; row++) {
            int count = lists.read(row, neighbours);
            encoder.encode(row, neighbours, count, into, (long) (row - from) * layout.stride());
        }
    }

    /** Bytes of the entries. */
    public long entriesBytes() {
        return (long) entryRecords() * layout.stride();
    }

    private int entryRecords() {
        int samples = samples();
        return layout.fused() ? (samples + RecordLayout.DEGREE - 1) / RecordLayout.DEGREE : samples;
    }

    private int samples() {
        return Math.min(rows.count(), layout.fused() ? MOST_SAMPLES : MOST_COMPACT_SAMPLES);
    }

    /**
     * Writes where walks begin: rows spread over the segment, of which a search takes the nearest.
     * Fused: records of the rows' mean with 32 of them each as its neighbours. Compact: a record
     * for each with its code, which names the row as its neighbour.
     */
    public void writeEntries(MemorySegment entries) {
        RecordEncoder encoder = new RecordEncoder(coding, rows);
        int samples = samples();
        int width = layout.fused() ? RecordLayout.DEGREE : 1;
        float[] point = mean();
        int[] chosen = new int[width];
        for (int i = 0, record = 0; i < samples; i += width, record++) {
            int count = Math.min(width, samples - i);
            for (int j = 0; j < count; j++) {
                chosen[j] = (int) ((long) (i + j) * rows.count() / samples);
            }
            if (!layout.fused()) {
                rows.read(chosen[0], point);
            }
            encoder.encodePoint(
                    point, chosen[0], chosen, count, entries, (long) record * layout.stride());
        }
    }

    private float[] mean() {
        int size = Kernels.padded(layout.dimension());
        double[] sums = new double[size];
        float[] row = new float[size];
        int averaged = Math.min(rows.count(), MOST_AVERAGED);
        for (int i = 0; i < averaged; i++) {
            rows.read((int) ((long) i * rows.count() / averaged), row);
            for (int j = 0; j < size; j++) {
                sums[j] += row[j];
            }
        }
        for (int j = 0; j < size; j++) {
            row[j] = (float) (sums[j] / averaged);
        }
        return row;
    }
}
