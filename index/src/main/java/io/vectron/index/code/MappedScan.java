package io.vectron.index.code;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.S2I;

import io.vectron.index.vector.Lanes;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Estimates the distances of a row's 32 neighbours from the fused part of its record, given by
 * its address (see {@link OffHeap}).
 *
 * <p>A byte shuffle looks up the entries of 32 neighbours in one subspace at once (André et al.,
 * Cache locality is not enough). Entries are at most 63: four are added as bytes, then widened.
 */
public final class MappedScan {

    /** From the floats A to the floats B, and from there to the product codes. */
    private static final long FACTORS = (long) RecordLayout.DEGREE * Float.BYTES;

    private static final boolean SIMD = Lanes.FLOATS > 1;
    private static final boolean WIDE = Lanes.FLOATS >= 8;
    private static final int PAIR = RecordLayout.DEGREE; // bytes of two subspaces
    private static final int ENTRIES = ProductQuantizer.CENTROIDS;
    private static final VectorShape SHAPE = VectorShape.forBitSize(WIDE ? 256 : 128);
    private static final VectorSpecies<Byte> BYTES = SHAPE.withLanes(byte.class);
    private static final VectorSpecies<Short> SHORTS = SHAPE.withLanes(short.class);
    private static final VectorSpecies<Float> FLOATS = FloatShapes.SPECIES;
    private static final VectorSpecies<Integer> INTS = FLOATS.vectorShape().withLanes(int.class);
    private static final int LANES = FLOATS.length();
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    private MappedScan() {}

    /**
     * Estimates how much farther than the row each of its neighbours is.
     *
     * @param parts address of the record's floats A
     * @param lookup the query's
     * @param slack subtracted from what a direction could be worth: above 0 makes the estimates
     *     lower bounds, more or less
     * @param bound estimates below it are wanted
     * @param estimates gets the 32 estimates, relative to the row's own distance
     * @return a bit for each neighbour whose estimate is below the bound
     */
    public static int scan(
            long parts, ProductLookup lookup, float slack, float bound, float[] estimates) {
        if (!SIMD) {
            return plain(parts, lookup, slack, bound, estimates);
        }
        if (WIDE) {
            return wide(parts, lookup, slack, bound, estimates);
        }
        return narrow(parts, lookup, slack, bound, estimates, 0)
                | narrow(parts, lookup, slack, bound, estimates, 8);
    }

    private static int wide(
            long parts, ProductLookup lookup, float slack, float bound, float[] estimates) {
        byte[] table = lookup.table;
        ShortVector first = ShortVector.zero(SHORTS);
        ShortVector second = first;
        long at = parts + 2 * FACTORS;
        for (int t = 0, end = lookup.subspaces * ENTRIES; t < end; t += 4 * ENTRIES) {
            ByteVector x = load(at);
            ByteVector y = load(at + PAIR);
            at += 2 * PAIR;
            ShortVector sums =
                    low(x, table, t)
                            .add(high(x, table, t + ENTRIES))
                            .add(low(y, table, t + 2 * ENTRIES))
                            .add(high(y, table, t + 3 * ENTRIES))
                            .reinterpretAsShorts();
            first = first.add(sums.and((short) 0xFF));
            second = second.add(sums.lanewise(LSHR, 8));
        }
        float step = lookup.step;
        float shift = lookup.shift + slack;
        if (LANES == 16) {
            FloatVector dots = dots(first, 0, step, shift);
            FloatVector others = dots(second, 0, step, shift);
            return below(parts, dots, bound, estimates, 0)
                    | below(parts, others, bound, estimates, 16);
        }
        return below(parts, dots(first, 0, step, shift), bound, estimates, 0)
                | below(parts, dots(first, 1, step, shift), bound, estimates, 8)
                | below(parts, dots(second, 0, step, shift), bound, estimates, 16)
                | below(parts, dots(second, 1, step, shift), bound, estimates, 24);
    }

    /** Of the neighbours at {@code slot..slot + 8} and 16 behind, with registers of 128 bits. */
    private static int narrow(
            long parts,
            ProductLookup lookup,
            float slack,
            float bound,
            float[] estimates,
            int slot) {
        byte[] table = lookup.table;
        ShortVector first = ShortVector.zero(SHORTS);
        ShortVector second = first;
        long at = parts + 2 * FACTORS + 2L * slot;
        for (int t = 0, end = lookup.subspaces * ENTRIES; t < end; t += 4 * ENTRIES) {
            ByteVector x = load(at);
            ByteVector y = load(at + PAIR);
            at += 2 * PAIR;
            ShortVector sums =
                    low(x, table, t)
                            .add(high(x, table, t + ENTRIES))
                            .add(low(y, table, t + 2 * ENTRIES))
                            .add(high(y, table, t + 3 * ENTRIES))
                            .reinterpretAsShorts();
            first = first.add(sums.and((short) 0xFF));
            second = second.add(sums.lanewise(LSHR, 8));
        }
        float step = lookup.step;
        float shift = lookup.shift + slack;
        return below(parts, dots(first, 0, step, shift), bound, estimates, slot)
                | below(parts, dots(first, 1, step, shift), bound, estimates, slot + 4)
                | below(parts, dots(second, 0, step, shift), bound, estimates, slot + 16)
                | below(parts, dots(second, 1, step, shift), bound, estimates, slot + 20);
    }

    private static ByteVector load(long at) {
        return ByteVector.fromMemorySegment(BYTES, OffHeap.ALL, at, LITTLE);
    }

    /** The entries that the low halves of the bytes choose. */
    private static ByteVector low(ByteVector codes, byte[] table, int at) {
        return codes.and((byte) 15).selectFrom(ByteVector.fromArray(BYTES, table, at));
    }

    private static ByteVector high(ByteVector codes, byte[] table, int at) {
        // There is no shift of bytes; what comes in from the next byte is masked.
        return low(codes.reinterpretAsShorts().lanewise(LSHR, 4).reinterpretAsBytes(), table, at);
    }

    /** Dot products from one part of the sums; {@code part} must be a constant. */
    private static FloatVector dots(ShortVector sums, int part, float step, float shift) {
        IntVector ints = (IntVector) sums.convertShape(S2I, INTS, part);
        return ((FloatVector) ints.convert(I2F, 0)).mul(step).add(shift);
    }

    private static int below(
            long parts, FloatVector dots, float bound, float[] estimates, int slot) {
        long at = parts + (long) slot * Float.BYTES;
        FloatVector offsets = FloatVector.fromMemorySegment(FLOATS, OffHeap.ALL, at, LITTLE);
        FloatVector factors =
                FloatVector.fromMemorySegment(FLOATS, OffHeap.ALL, at + FACTORS, LITTLE);
        FloatVector estimate = offsets.sub(factors.mul(dots));
        estimate.intoArray(estimates, slot);
        return (int) estimate.lt(bound).toLong() << slot;
    }

    /**
     * The least of 32 estimates.
     *
     * @return a bit for each neighbour to which fewer than {@code count} are nearer: so many, or
     *     more where some are equally near
     */
    public static int least(float[] estimates, int count) {
        int least = 0;
        if (!SIMD) {
            for (int slot = 0; slot < RecordLayout.DEGREE; slot++) {
                int nearer = 0;
                for (int other = 0; other < RecordLayout.DEGREE; other++) {
                    nearer += estimates[other] < estimates[slot] ? 1 : 0;
                }
                least |= nearer < count ? 1 << slot : 0;
            }
            return least;
        }
        for (int slot = 0; slot < RecordLayout.DEGREE; slot += LANES) {
            FloatVector some = FloatVector.fromArray(FLOATS, estimates, slot);
            IntVector nearer = IntVector.zero(INTS);
            for (int other = 0; other < RecordLayout.DEGREE; other++) {
                nearer = nearer.add(1, some.compare(GT, estimates[other]).cast(INTS));
            }
            least |= (int) nearer.lt(count).toLong() << slot;
        }
        return least;
    }

    private static int plain(
            long parts, ProductLookup lookup, float slack, float bound, float[] estimates) {
        int[] sums = lookup.sums;
        java.util.Arrays.fill(sums, 0);
        long at = parts + 2 * FACTORS;
        for (int m = 0; m < lookup.subspaces; m += 2, at += PAIR) {
            for (int slot = 0; slot < RecordLayout.DEGREE; slot++) {
                int codes = OffHeap.byteAt(at + NeighbourEncoder.byteOf(slot));
                sums[slot] += lookup.table[m * ENTRIES + (codes & 15)];
                sums[slot] += lookup.table[(m + 1) * ENTRIES + (codes >> 4 & 15)];
            }
        }
        int below = 0;
        for (int slot = 0; slot < RecordLayout.DEGREE; slot++) {
            long offset = parts + (long) slot * Float.BYTES;
            float dot = sums[slot] * lookup.step + (lookup.shift + slack);
            estimates[slot] = OffHeap.floatAt(offset) - OffHeap.floatAt(offset + FACTORS) * dot;
            below |= estimates[slot] < bound ? 1 << slot : 0;
        }
        return below;
    }
}
