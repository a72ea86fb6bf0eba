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

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Distances of 7-bit codes in arrays; {@link MappedCodes} is the same over mapped memory.
 *
 * <p>Codes are whole lines of memory (see {@link RecordLayout#codeBytes}), queries in the order of
 * {@link Quantizer#encodeQuery}. All sums fit an int up to 16,384 dimensions.
 */
public final class HeapCodes {

    private static final short BYTE = 0xFF;

    private HeapCodes() {}

    /**
     * Squared distance between a part of a query and of the code at {@code at}.
     *
     * @param from first byte of the part, a multiple of 128
     * @param to behind its last one, a multiple of 64
     */
    public static int squared(short[] query, byte[] codes, int at, int from, int to) {
        return Shapes.SIMD
                ? wideSquared(query, codes, at, from, to)
                : plainSquared(query, codes, at, from, to);
    }

    /** Dot product of a signed query and the code at {@code at}. */
    public static int dot(short[] query, byte[] codes, int at, int bytes) {
        return Shapes.SIMD ? wideDot(query, codes, at, bytes) : plainDot(query, codes, at, bytes);
    }

    /** Squared distance between two codes. */
    public static int squared(byte[] x, int i, byte[] y, int j, int bytes) {
        return Shapes.SIMD ? wideSquared(x, i, y, j, bytes) : plainSquared(x, i, y, j, bytes);
    }

    /** Dot product of two codes, both unsigned. */
    public static int dot(byte[] x, int i, byte[] y, int j, int bytes) {
        return Shapes.SIMD ? wideDot(x, i, y, j, bytes) : plainDot(x, i, y, j, bytes);
    }

    // Four squares of at most 127 fit 16 unsigned bits, so they are summed before they are widened.
    // Not inlined by the JIT, for its length: see MappedCodes.
    private static int wideSquared(short[] query, byte[] codes, int at, int from, int to) {
        IntVector low = IntVector.zero(Shapes.INTS);
        IntVector high = low;
        int k = from;
        for (int end = to - 2 * STEP; k <= end; k += 2 * STEP) {
            ShortVector x = load(codes, at + k);
            ShortVector y = load(codes, at + k + STEP);
            ShortVector e = x.and(BYTE).sub(query(query, k));
            ShortVector f = x.lanewise(LSHR, 8).sub(query(query, k + HALF));
            ShortVector g = y.and(BYTE).sub(query(query, k + STEP));
            ShortVector h = y.lanewise(LSHR, 8).sub(query(query, k + STEP + HALF));
            ShortVector sum = e.mul(e).add(f.mul(f)).add(g.mul(g).add(h.mul(h)));
            low = low.add(even(sum));
            high = high.add(odd(sum));
        }
        if (k < to) {
            ShortVector x = load(codes, at + k);
            ShortVector e = x.and(BYTE).sub(query(query, k));
            ShortVector f = x.lanewise(LSHR, 8).sub(query(query, k + HALF));
            ShortVector sum = e.mul(e).add(f.mul(f));
            low = low.add(even(sum));
            high = high.add(odd(sum));
        }
        return low.add(high).reduceLanes(ADD);
    }

    // Two products of at most 127 in size fit 16 signed bits.
    private static int wideDot(short[] query, byte[] codes, int at, int bytes) {
        IntVector low = IntVector.zero(Shapes.INTS);
        IntVector high = low;
        for (int k = 0; k < bytes; k += STEP) {
            ShortVector x = load(codes, at + k);
            ShortVector sum =
                    first(x).mul(query(query, k)).add(second(x).mul(query(query, k + HALF)));
            IntVector both = sum.reinterpretAsInts();
            low = low.add(both.lanewise(LSHL, 16).lanewise(ASHR, 16));
            high = high.add(both.lanewise(ASHR, 16));
        }
        return low.add(high).reduceLanes(ADD);
    }

    private static int wideSquared(byte[] x, int i, byte[] y, int j, int bytes) {
        IntVector low = IntVector.zero(Shapes.INTS);
        IntVector high = low;
        for (int k = 0; k < bytes; k += STEP) {
            ShortVector a = load(x, i + k);
            ShortVector b = load(y, j + k);
            ShortVector e = first(a).sub(first(b));
            ShortVector f = second(a).sub(second(b));
            ShortVector sum = e.mul(e).add(f.mul(f));
            low = low.add(even(sum));
            high = high.add(odd(sum));
        }
        return low.add(high).reduceLanes(ADD);
    }

    private static int wideDot(byte[] x, int i, byte[] y, int j, int bytes) {
        IntVector low = IntVector.zero(Shapes.INTS);
        IntVector high = low;
        for (int k = 0; k < bytes; k += STEP) {
            ShortVector a = load(x, i + k);
            ShortVector b = load(y, j + k);
            ShortVector sum = first(a).mul(first(b)).add(second(a).mul(second(b)));
            low = low.add(even(sum));
            high = high.add(odd(sum));
        }
        return low.add(high).reduceLanes(ADD);
    }

    private static ShortVector load(byte[] from, int at) {
        return ByteVector.fromArray(BYTES, from, at).reinterpretAsShorts();
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

    private static int plainSquared(short[] query, byte[] codes, int at, int from, int to) {
        int sum = 0;
        for (int k = from; k < to; k++) {
            int difference = query[k] - codes[at + k];
            sum += difference * difference;
        }
        return sum;
    }

    private static int plainDot(short[] query, byte[] codes, int at, int bytes) {
        int sum = 0;
        for (int k = 0; k < bytes; k++) {
            sum += query[k] * codes[at + k];
        }
        return sum;
    }

    private static int plainSquared(byte[] x, int i, byte[] y, int j, int bytes) {
        int sum = 0;
        for (int k = 0; k < bytes; k++) {
            int difference = x[i + k] - y[j + k];
            sum += difference * difference;
        }
        return sum;
    }

    private static int plainDot(byte[] x, int i, byte[] y, int j, int bytes) {
        int sum = 0;
        for (int k = 0; k < bytes; k++) {
            sum += x[i + k] * y[j + k];
        }
        return sum;
    }
}
