package io.vectron.index.code;

import static io.vectron.index.code.Shapes.BYTES;
import static io.vectron.index.code.Shapes.HALF;
import static io.vectron.index.code.Shapes.SHORTS;
import static io.vectron.index.code.Shapes.STEP;
import static io.vectron.index.code.Shapes.even;
import static io.vectron.index.code.Shapes.odd;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Distances of 7-bit codes outside of the heap, by address ({@link OffHeap}): of mapped records and
 * of a {@link CodeTable}. One kind of memory keeps the calls in the loops monomorphic, without
 * which they are several times slower.
 *
 * <p>Codes are whole lines of memory (see {@link RecordLayout#codeBytes}), queries in the order of
 * {@link Quantizer#encodeQuery}. All sums fit an int up to 16,384 dimensions.
 */
public final class CodeKernels {

    private static final short BYTE = 0xFF;

    private CodeKernels() {}

    /**
     * Squared distance between a part of a query and of a code.
     *
     * @param address of the code
     * @param from first byte of the part, a multiple of 128
     * @param to behind its last one, a multiple of 64
     */
    public static int squared(short[] query, long address, int from, int to) {
        return Shapes.SIMD
                ? wideSquared(query, address, from, to)
                : plainSquared(query, address, from, to);
    }

    /** Dot product of a signed query and the code at {@code address}. */
    public static int dot(short[] query, long address, int bytes) {
        return Shapes.SIMD ? wideDot(query, address, bytes) : plainDot(query, address, bytes);
    }

    /** Squared distance of the first bytes, a multiple of 64, of two codes. */
    public static int squared(long x, long y, int bytes) {
        return Shapes.SIMD ? wideSquared(x, y, bytes) : plainSquared(x, y, bytes);
    }

    // Four squares of at most 127 fit 16 unsigned bits, so they are summed before they are widened.
    // Must stay above the 325 bytes of byte code up to which the JIT inlines a hot method: within
    // the loops of a walk the vectors of this one end up on the heap, which takes four times as
    // long.
    private static int wideSquared(short[] query, long at, int from, int to) {
        IntVector low = IntVector.zero(Shapes.INTS);
        IntVector high = low;
        int k = from;
        for (int end = to - 2 * STEP; k <= end; k += 2 * STEP) {
            ShortVector x = load(at + k);
            ShortVector y = load(at + k + STEP);
            ShortVector e = x.and(BYTE).sub(query(query, k));
            ShortVector f = x.lanewise(LSHR, 8).sub(query(query, k + HALF));
            ShortVector g = y.and(BYTE).sub(query(query, k + STEP));
            ShortVector h = y.lanewise(LSHR, 8).sub(query(query, k + STEP + HALF));
            ShortVector sum = e.mul(e).add(f.mul(f)).add(g.mul(g).add(h.mul(h)));
            low = low.add(even(sum));
            high = high.add(odd(sum));
        }
        if (k < to) {
            ShortVector x = load(at + k);
            ShortVector e = x.and(BYTE).sub(query(query, k));
            ShortVector f = x.lanewise(LSHR, 8).sub(query(query, k + HALF));
            ShortVector sum = e.mul(e).add(f.mul(f));
            low = low.add(even(sum));
            high = high.add(odd(sum));
        }
        return low.add(high).reduceLanes(ADD);
    }

    // Two products of at most 127 in size fit 16 signed bits.
    private static int wideDot(short[] query, long at, int bytes) {
        IntVector low = IntVector.zero(Shapes.INTS);
        IntVector high = low;
        for (int k = 0; k < bytes; k += STEP) {
            ShortVector x = load(at + k);
            ShortVector sum =
                    first(x).mul(query(query, k)).add(second(x).mul(query(query, k + HALF)));
            IntVector both = sum.reinterpretAsInts();
            low = low.add(both.lanewise(LSHL, 16).lanewise(ASHR, 16));
            high = high.add(both.lanewise(ASHR, 16));
        }
        return low.add(high).reduceLanes(ADD);
    }

    // As long as the other one, and for the same reason.
    private static int wideSquared(long x, long y, int bytes) {
        IntVector low = IntVector.zero(Shapes.INTS);
        IntVector high = low;
        int k = 0;
        for (int end = bytes - 2 * STEP; k <= end; k += 2 * STEP) {
            ShortVector a = load(x + k);
            ShortVector b = load(y + k);
            ShortVector c = load(x + k + STEP);
            ShortVector d = load(y + k + STEP);
            ShortVector e = a.and(BYTE).sub(b.and(BYTE));
            ShortVector f = a.lanewise(LSHR, 8).sub(b.lanewise(LSHR, 8));
            ShortVector g = c.and(BYTE).sub(d.and(BYTE));
            ShortVector h = c.lanewise(LSHR, 8).sub(d.lanewise(LSHR, 8));
            ShortVector sum = e.mul(e).add(f.mul(f)).add(g.mul(g).add(h.mul(h)));
            low = low.add(even(sum));
            high = high.add(odd(sum));
        }
        if (k < bytes) {
            ShortVector a = load(x + k);
            ShortVector b = load(y + k);
            ShortVector e = a.and(BYTE).sub(b.and(BYTE));
            ShortVector f = a.lanewise(LSHR, 8).sub(b.lanewise(LSHR, 8));
            ShortVector sum = e.mul(e).add(f.mul(f));
            low = low.add(even(sum));
            high = high.add(odd(sum));
        }
        return low.add(high).reduceLanes(ADD);
    }

    private static ShortVector load(long at) {
        return ByteVector.fromMemorySegment(BYTES, OffHeap.ALL, at, ByteOrder.LITTLE_ENDIAN)
                .reinterpretAsShorts();
    }

    private static ShortVector query(short[] query, int at) {
        return ShortVector.fromArray(SHORTS, query, at);
    }

    private static ShortVector first(ShortVector pairs) {
        return pairs.and(BYTE);
    }

    private static ShortVector second(ShortVector pairs) {
        return pairs.lanewise(LSHR, 8);
    }

    private static int plainSquared(short[] query, long at, int from, int to) {
        int sum = 0;
        for (int k = from; k < to; k++) {
            int difference = query[k] - OffHeap.byteAt(at + k);
            sum += difference * difference;
        }
        return sum;
    }

    private static int plainSquared(long x, long y, int bytes) {
        int sum = 0;
        for (int k = 0; k < bytes; k++) {
            int difference = OffHeap.byteAt(x + k) - OffHeap.byteAt(y + k);
            sum += difference * difference;
        }
        return sum;
    }

    private static int plainDot(short[] query, long at, int bytes) {
        int sum = 0;
        for (int k = 0; k < bytes; k++) {
            sum += query[k] * OffHeap.byteAt(at + k);
        }
        return sum;
    }
}
