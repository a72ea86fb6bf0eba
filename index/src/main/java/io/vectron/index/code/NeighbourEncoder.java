package io.vectron.index.code;

import java.nio.ByteBuffer;

/**
 * Encodes a row's neighbours into the fused part of its record: from the row's own distance and
 * these codes the distances of all its neighbours are estimated at once. Scratch of one thread.
 *
 * <p>A neighbour x of a row c lies at c + r; the direction r / |r| is coded as p. With f = |r| / (p
 * · r / |r|), which makes up for p being shorter than the direction it stands for, f p stands for
 * r, and for a query q
 *
 * <pre>
 * |q − x|² = |q − c|² + |r|² + 2 c·r − 2 q·r  is about  |q − c|² + A − B (q · p)
 * −q · x = −q · c − q · r                     is about  −q · c + A − B (q · p)
 * </pre>
 *
 * with A = |r|² + 2 f c·p and B = 2 f, or, for the dot product, A = 0 and B = f. All in units of
 * the {@link Quantizer}.
 */
final class NeighbourEncoder {

    /** A direction whose code points elsewhere is not stretched without end. */
    private static final float LEAST_AGREEMENT = 0.3f;

    private final RecordLayout layout;
    private final ProductQuantizer products;
    private final boolean dot;
    private final float[] direction;
    private final float[] scratch = new float[ProductQuantizer.CENTROIDS];

    NeighbourEncoder(RecordLayout layout, ProductQuantizer products, boolean dot) {
        this.layout = layout;
        this.products = products;
        this.dot = dot;
        this.direction = new float[layout.codeBytes()];
    }

    /**
     * Writes one neighbour's part to a record full of zeros.
     *
     * @param slot 0 to 31
     */
    void encode(float[] centre, float[] neighbour, int slot, ByteBuffer record) {
        System.arraycopy(neighbour, 0, direction, 0, direction.length);
        Directions.subtract(direction, centre);
        float length = Directions.normalise(direction);
        float agreement = 0;
        float centreDot = 0;
        int at = layout.productCodesAt() + byteOf(slot);
        for (int m = 0; m < products.subspaces(); m++) {
            int code = products.nearest(direction, m, scratch);
            for (int j = 0; j < RecordLayout.SUBSPACE; j++) {
                float value = products.centroid(m, code, j);
                agreement += value * direction[m * RecordLayout.SUBSPACE + j];
                centreDot += value * centre[m * RecordLayout.SUBSPACE + j];
            }
            int place = at + (m >> 1) * RecordLayout.DEGREE;
            record.put(place, (byte) (record.get(place) | code << (4 * (m & 1))));
        }
        float factor = length / Math.max(agreement, LEAST_AGREEMENT);
        float a = dot ? 0 : length * length + 2 * factor * centreDot;
        record.putFloat(layout.offsetsAt() + slot * Float.BYTES, a);
        record.putFloat(layout.factorsAt() + slot * Float.BYTES, dot ? factor : 2 * factor);
    }

    /** Marks a slot without neighbour: no bound is above its estimate. */
    void leaveOut(int slot, ByteBuffer record) {
        record.putFloat(layout.offsetsAt() + slot * Float.BYTES, Float.MAX_VALUE);
        record.putFloat(layout.factorsAt() + slot * Float.BYTES, 0);
    }

    /** The first 16 neighbours have the even bytes of each 32, the others the odd ones. */
    static int byteOf(int slot) {
        return slot < 16 ? 2 * slot : 2 * (slot - 16) + 1;
    }
}
