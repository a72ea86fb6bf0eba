package io.vectron.common.record;

import com.google.common.base.Utf8;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * One pass over bytes that either proves them to be a valid point in canonical form, or finds the
 * rule they break, or that they are not canonical (and then says nothing about validity). All rules
 * about the meaning of a point live here, whatever format it came in.
 *
 * <p>A rule is judged only where a frame is known to hold exactly the fields that the canonical
 * form would have there; so a verdict on bytes that turn out not to be canonical further on is
 * still a verdict on the point.
 */
final class CanonicalScan {
    private static final int POINT_VECTORS = 0x0a;
    private static final int POINT_PAYLOAD = 0x12;
    private static final int VECTOR_NAME = 0x0a;
    private static final int VECTOR_F32 = 0x12;
    private static final int VECTOR_MULTI = 0x3a;
    private static final int DENSE_VALUES = 0x0a;
    private static final int LENGTH_DELIMITED = 2;
    private static final int MAGNITUDE = 0x7fffffff;
    private static final int INFINITY = 0x7f800000;

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final WireReader in;
    private final List<VectorRule> vectors;
    private int seen; // bit i: vectors.get(i)
    private int previousNameFrom = -1;
    private int previousNameTo = -1;

    private CanonicalScan(byte[] bytes, List<VectorRule> vectors) {
        this.bytes = bytes;
        this.in = new WireReader(bytes);
        this.vectors = vectors;
    }

    /**
     * Checks a point.
     *
     * @param vectors rules of the collection, at most 16
     * @throws NotCanonicalException if the bytes are not in canonical form
     * @throws RuleException if the point breaks a rule
     */
    static void check(byte[] bytes, List<VectorRule> vectors, PayloadLimits payload) {
        new CanonicalScan(bytes, vectors).point(payload);
    }

    private void point(PayloadLimits payload) {
        while (in.position() < bytes.length) {
            switch (in.readByte()) {
                case POINT_VECTORS -> vector(in.readLengthAndEnd(bytes.length));
                case POINT_PAYLOAD -> {
                    int end = in.readLengthAndEnd(bytes.length);
                    if (end != bytes.length || end == in.position()) {
                        throw new NotCanonicalException();
                    }
                    new PayloadScan(bytes, in, payload).payload(end);
                }
                default -> throw new NotCanonicalException();
            }
        }
        for (int i = 0; i < vectors.size(); i++) {
            if ((seen & 1 << i) == 0) {
                throw new RuleException(
                        Rule.VECTOR_MISSING, vectors.get(i).label() + " is missing");
            }
        }
    }

    private void vector(int end) {
        int nameFrom = in.position();
        int nameTo = nameFrom;
        int tag = nameFrom == end ? 0 : in.readByte();
        if (tag == VECTOR_NAME) {
            nameTo = in.readLengthAndEnd(end);
            nameFrom = in.position();
            if (nameTo == nameFrom || !Utf8.isWellFormed(bytes, nameFrom, nameTo - nameFrom)) {
                throw new NotCanonicalException();
            }
            in.position(nameTo);
            tag = nameTo == end ? 0 : in.readByte();
        }
        boolean known = tag >= VECTOR_F32 && tag <= VECTOR_MULTI && (tag & 7) == LENGTH_DELIMITED;
        if (tag != 0 && (!known || in.readLengthAndEnd(end) != end)) {
            throw new NotCanonicalException();
        }
        VectorRule rule = rule(nameFrom, nameTo);
        if (tag == 0) {
            throw new RuleException(Rule.VECTOR_MISSING, rule.label() + " has no components");
        }
        if (tag != VECTOR_F32) {
            throw new RuleException(
                    Rule.VECTOR_TYPE_UNSUPPORTED,
                    rule.label() + " is not dense f32, as the collection declares it");
        }
        dense(rule, end);
    }

    private VectorRule rule(int nameFrom, int nameTo) {
        if (previousNameFrom >= 0) {
            int order =
                    Arrays.compareUnsigned(
                            bytes, previousNameFrom, previousNameTo, bytes, nameFrom, nameTo);
            if (order > 0) {
                throw new NotCanonicalException();
            }
            if (order == 0) {
                throw new RuleException(
                        Rule.VECTOR_DUPLICATE, label(nameFrom, nameTo) + " occurs twice");
            }
        }
        previousNameFrom = nameFrom;
        previousNameTo = nameTo;
        for (int i = 0; i < vectors.size(); i++) {
            if (vectors.get(i).isNamed(bytes, nameFrom, nameTo)) {
                seen |= 1 << i;
                return vectors.get(i);
            }
        }
        throw new RuleException(
                Rule.VECTOR_UNKNOWN,
                label(nameFrom, nameTo) + " is not declared by the collection");
    }

    private void dense(VectorRule rule, int end) {
        int size = 0;
        if (in.position() < end) {
            boolean onePackedList =
                    in.readByte() == DENSE_VALUES && in.readLengthAndEnd(end) == end;
            size = end - in.position();
            if (!onePackedList || size == 0 || size % Float.BYTES != 0) {
                throw new NotCanonicalException();
            }
        }
        if (size / Float.BYTES != rule.dimension()) {
            throw new RuleException(
                    Rule.DIMENSION_MISMATCH,
                    rule.label()
                            + " has "
                            + size / Float.BYTES
                            + " components; the collection declares "
                            + rule.dimension());
        }
        // Without the sign, bits of floats are ordered as their values: the largest tells all.
        int largest = 0;
        for (int at = in.position(); at < end; at += Float.BYTES) {
            largest = Math.max(largest, (int) INT.get(bytes, at) & MAGNITUDE);
        }
        if (largest >= INFINITY) {
            throw notFinite(rule, end);
        }
        if (largest == 0 && !rule.zeroAllowed()) {
            throw new RuleException(
                    Rule.VECTOR_ZERO, rule.label() + " is zero, which has no cosine");
        }
        in.position(end);
    }

    private RuleException notFinite(VectorRule rule, int end) {
        int at = in.position();
        while (at < end && ((int) INT.get(bytes, at) & MAGNITUDE) < INFINITY) {
            at += Float.BYTES;
        }
        return new RuleException(
                Rule.VECTOR_NOT_FINITE,
                rule.label() + " is not finite at component " + (at - in.position()) / Float.BYTES);
    }

    private String label(int nameFrom, int nameTo) {
        return VectorRule.label(in.utf8(nameFrom, nameTo));
    }
}
