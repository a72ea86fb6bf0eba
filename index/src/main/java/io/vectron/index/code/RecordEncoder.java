package io.vectron.index.code;

import io.vectron.index.vector.Kernels;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Encodes records, one at a time; scratch of one thread. */
public final class RecordEncoder {

    private final RecordLayout layout;
    private final Quantizer quantizer;
    private final Rows rows;
    private final @Nullable NeighbourEncoder fused;
    private final float[] row;
    private final float[] centre;
    private final float[] neighbour;
    private final byte[] bytes;
    private final ByteBuffer record;

    /** Encodes rows as {@code coding} says. */
    public RecordEncoder(Coding coding, Rows rows) {
        this.layout = coding.layout();
        this.quantizer = coding.quantizer();
        this.rows = rows;
        ProductQuantizer products = coding.products();
        this.fused =
                products == null
                        ? null
                        : new NeighbourEncoder(layout, products, quantizer.signed());
        this.row = new float[Kernels.padded(layout.dimension())];
        this.centre = new float[layout.codeBytes()];
        this.neighbour = new float[layout.codeBytes()];
        this.bytes = new byte[layout.stride()];
        this.record = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Writes the record of row {@code ordinal} to {@code to} from {@code at}.
     *
     * @param neighbours the first {@code count} are its neighbours, at most 32
     */
    public void encode(int ordinal, int[] neighbours, int count, MemorySegment to, long at) {
        rows.read(ordinal, row);
        encode(row, ordinal, neighbours, count);
        MemorySegment.copy(bytes, 0, to, java.lang.foreign.ValueLayout.JAVA_BYTE, at, bytes.length);
    }

    /** Writes the record of a point that is no row; empty slots name {@code filler}. */
    public void encodePoint(
            float[] point, int filler, int[] neighbours, int count, MemorySegment to, long at) {
        encode(point, filler, neighbours, count);
        MemorySegment.copy(bytes, 0, to, java.lang.foreign.ValueLayout.JAVA_BYTE, at, bytes.length);
    }

    private void encode(float[] point, int filler, int[] neighbours, int count) {
        if (count > RecordLayout.DEGREE) {
            throw new IllegalArgumentException(count + " neighbours; a record has room for 32");
        }
        Arrays.fill(bytes, (byte) 0);
        quantizer.scale(point, centre);
        quantizer.encode(centre, bytes, 0);
        for (int slot = 0; slot < RecordLayout.DEGREE; slot++) {
            int ordinal = slot < count ? neighbours[slot] : filler;
            record.putInt(layout.neighboursAt() + slot * Integer.BYTES, ordinal);
            if (fused != null && slot < count) {
                rows.read(ordinal, row);
                quantizer.scale(row, neighbour);
                fused.add(centre, neighbour, slot);
            }
        }
        if (fused != null) {
            fused.encode(centre, count, bytes, record);
        }
    }
}
