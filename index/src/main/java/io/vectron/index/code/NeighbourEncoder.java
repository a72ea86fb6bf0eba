package io.vectron.index.code;

import java.nio.ByteBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

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
 *
 * <p>All 32 neighbours are coded together, one to a lane: so each centroid is compared with all of
 * them, and nothing is ever searched for or summed across the lanes.
 */
final class NeighbourEncoder {

    /** A direction whose code points elsewhere is not stretched without end. */
    private static final float LEAST_AGREEMENT = 0.3f;

    private static final int SLOTS = RecordLayout.DEGREE;
    private static final int WIDTH = RecordLayout.SUBSPACE;
    private static final int CENTROIDS = ProductQuantizer.CENTROIDS;
    private static final VectorSpecies<Float> SPECIES = FloatShapes.SPECIES;
    private static final int LANES = SPECIES.length();

    private final RecordLayout layout;
    private final ProductQuantizer products;
    private final boolean dot;
    private final int size;
    private final float[] directions; // one after the other

    /** A subspace of all of them: by dimension, each at the place of its byte in the codes. */
    private final float[] block = new float[WIDTH * SLOTS];

    private final float[] lengths = new float[SLOTS];
    private final float[] shifts; // the centre's dot products with all centroids
    private final float[] low = new float[SLOTS]; // codes of the even subspaces
    private final float[] high = new float[SLOTS];
    private final float[] agreements = new float[SLOTS];
    private final float[] centreDots = new float[SLOTS];

    NeighbourEncoder(RecordLayout layout, ProductQuantizer products, boolean dot) {
        this.layout = layout;
        this.products = products;
        this.dot = dot;
        this.size = layout.codeBytes();
        this.directions = new float[size * SLOTS];
        this.shifts = new float[products.subspaces() * CENTROIDS];
    }

    /**
     * Takes in one neighbour.
     *
     * @param slot 0 to 31
     */
    void add(float[] centre, float[] neighbour, int slot) {
        lengths[slot] = Directions.between(centre, neighbour, directions, slot * size);
    }

    /**
     * Writes the parts of the neighbours taken in to a record full of zeros.
     *
     * @param count they have the slots below
     * @param bytes what {@code record} wraps
     */
    void encode(float[] centre, int count, byte[] bytes, ByteBuffer record) {
        products.dots(centre, shifts);
        Arrays.fill(agreements, 0f);
        Arrays.fill(centreDots, 0f);
        int at = layout.productCodesAt();
        for (int m = 0; m < products.subspaces(); m += 2) {
            take(m);
            for (int lane = 0; lane < SLOTS; lane += LANES) {
                nearest(m, lane, low);
            }
            take(m + 1);
            for (int lane = 0; lane < SLOTS; lane += LANES) {
                nearest(m + 1, lane, high);
            }
            for (int i = 0; i < SLOTS; i++) {
                bytes[at + i] = (byte) (int) (low[i] + CENTROIDS * high[i]);
            }
            at += SLOTS;
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            if (slot < count) {
                finish(slot, record);
            } else {
                leaveOut(slot, bytes, record);
            }
        }
    }

    private void take(int m) {
        for (int slot = 0; slot < SLOTS; slot++) {
            int from = slot * size + m * WIDTH;
            int place = byteOf(slot);
            for (int j = 0; j < WIDTH; j++) {
                block[j * SLOTS + place] = directions[from + j];
            }
        }
    }

    /** The nearest centroids of a subspace to the directions in some lanes; sums what they give. */
    private void nearest(int m, int lane, float[] codes) {
        FloatVector a = minus(lane);
        FloatVector b = minus(lane + SLOTS);
        FloatVector c = minus(lane + 2 * SLOTS);
        FloatVector d = minus(lane + 3 * SLOTS);
        FloatVector e = minus(lane + 4 * SLOTS);
        FloatVector f = minus(lane + 5 * SLOTS);
        FloatVector g = minus(lane + 6 * SLOTS);
        FloatVector h = minus(lane + 7 * SLOTS);
        float[] centroids = products.centroids();
        float[] halves = products.halfSquares();
        FloatVector least = FloatVector.broadcast(SPECIES, Float.MAX_VALUE);
        FloatVector half = FloatVector.zero(SPECIES);
        FloatVector shift = half;
        FloatVector code = half;
        for (int i = 0; i < CENTROIDS; i++) {
            int line = m * WIDTH * CENTROIDS + i;
            float square = halves[m * CENTROIDS + i];
            FloatVector distance = FloatVector.broadcast(SPECIES, square);
            distance = a.fma(all(centroids, line), distance);
            distance = b.fma(all(centroids, line + CENTROIDS), distance);
            distance = c.fma(all(centroids, line + 2 * CENTROIDS), distance);
            distance = d.fma(all(centroids, line + 3 * CENTROIDS), distance);
            distance = e.fma(all(centroids, line + 4 * CENTROIDS), distance);
            distance = f.fma(all(centroids, line + 5 * CENTROIDS), distance);
            distance = g.fma(all(centroids, line + 6 * CENTROIDS), distance);
            distance = h.fma(all(centroids, line + 7 * CENTROIDS), distance);
            VectorMask<Float> nearer = distance.lt(least);
            least = least.blend(distance, nearer);
            half = half.blend(square, nearer);
            shift = shift.blend(shifts[m * CENTROIDS + i], nearer);
            code = code.blend((float) i, nearer);
        }
        // What was subtracted from the half square is the dot product.
        at(agreements, lane).add(half.sub(least)).intoArray(agreements, lane);
        at(centreDots, lane).add(shift).intoArray(centreDots, lane);
        code.intoArray(codes, lane);
    }

    private FloatVector minus(int from) {
        return at(block, from).neg();
    }

    private static FloatVector at(float[] from, int at) {
        return FloatVector.fromArray(SPECIES, from, at);
    }

    private static FloatVector all(float[] from, int at) {
        return FloatVector.broadcast(SPECIES, from[at]);
    }

    private void finish(int slot, ByteBuffer record) {
        float length = lengths[slot];
        int place = byteOf(slot);
        float factor = length / Math.max(agreements[place], LEAST_AGREEMENT);
        float a = dot ? 0 : length * length + 2 * factor * centreDots[place];
        record.putFloat(layout.offsetsAt() + slot * Float.BYTES, a);
        record.putFloat(layout.factorsAt() + slot * Float.BYTES, dot ? factor : 2 * factor);
    }

    /** Marks a slot without neighbour: no bound is above its estimate. */
    private void leaveOut(int slot, byte[] bytes, ByteBuffer record) {
        record.putFloat(layout.offsetsAt() + slot * Float.BYTES, Float.MAX_VALUE);
        record.putFloat(layout.factorsAt() + slot * Float.BYTES, 0);
        int end = layout.productCodesAt() + products.subspaces() / 2 * SLOTS;
        for (int at = layout.productCodesAt() + byteOf(slot); at < end; at += SLOTS) {
            bytes[at] = 0;
        }
    }

    /** The first 16 neighbours have the even bytes of each 32, the others the odd ones. */
    static int byteOf(int slot) {
        return slot < 16 ? 2 * slot : 2 * (slot - 16) + 1;
    }
}
