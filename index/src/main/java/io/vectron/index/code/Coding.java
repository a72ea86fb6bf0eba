package io.vectron.index.code;

import io.vectron.index.Metric;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of a segment are coded.
 *
 * @param layout of the records
 * @param quantizer of the rows' own codes
 * @param products of their neighbours' codes; null unless the layout is fused
 * @param growth of the distances between them
 */
public record Coding(
        RecordLayout layout,
        Quantizer quantizer,
        @Nullable ProductQuantizer products,
        DistanceGrowth growth) {

    private static final long SEED = 0x5EED;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Refuses parts that do not belong together. */
    public Coding {
        if (quantizer.dimension() != layout.dimension()) {
            throw new IllegalArgumentException(
                    "a quantizer of "
                            + quantizer.dimension()
                            + " dimensions for a layout of "
                            + layout.dimension());
        }
        if (layout.fused() != (products != null)) {
            throw new IllegalArgumentException("product codes belong to fused records");
        }
        if (products != null && products.subspaces() != layout.subspaces()) {
            throw new IllegalArgumentException("product codes of another layout");
        }
    }

    /** Learns from rows and the graph over them; deterministic. */
    public static Coding train(
            Metric metric, RecordLayout layout, Rows rows, NeighbourLists lists) {
        Quantizer quantizer = Quantizer.train(metric, layout.dimension(), rows);
        ProductQuantizer products =
                layout.fused() ? ProductQuantizer.train(quantizer, rows, lists, SEED) : null;
        DistanceGrowth growth = DistanceGrowth.learn(metric, layout.dimension(), rows);
        return new Coding(layout, quantizer, products, growth);
    }

    /** Bytes {@link #write} takes. */
    public static long bytes(RecordLayout layout) {
        return growthAt(layout) + Float.BYTES;
    }

    private static long growthAt(RecordLayout layout) {
        long products = layout.fused() ? ProductQuantizer.bytes(layout) : 0;
        return Quantizer.bytes(layout.dimension()) + products;
    }

    /** Writes the quantizers and the growth, little-endian, to the beginning of {@code to}. */
    public void write(MemorySegment to) {
        quantizer.write(to, 0);
        if (products != null) {
            products.write(to, Quantizer.bytes(layout.dimension()));
        }
        to.set(FLOAT, growthAt(layout), growth.exponent());
    }

    /**
     * Reads what {@link #write} wrote, now or before it wrote the growth.
     *
     * @throws IllegalArgumentException if it cannot have written that
     */
    public static Coding read(Metric metric, RecordLayout layout, MemorySegment from) {
        boolean grown = from.byteSize() == bytes(layout);
        if (!grown && from.byteSize() != growthAt(layout)) {
            throw new IllegalArgumentException(
                    "quantizers of " + from.byteSize() + " bytes, not " + bytes(layout));
        }
        Quantizer quantizer = Quantizer.read(metric, layout.dimension(), from, 0);
        long at = Quantizer.bytes(layout.dimension());
        ProductQuantizer products = layout.fused() ? ProductQuantizer.read(layout, from, at) : null;
        DistanceGrowth growth =
                grown
                        ? new DistanceGrowth(from.get(FLOAT, growthAt(layout)))
                        : DistanceGrowth.UNKNOWN;
        return new Coding(layout, quantizer, products, growth);
    }
}
