package io.vectron.common.record;

import com.google.common.base.Utf8;
import io.vectron.common.limit.Limits;
import java.util.Arrays;

/** The part of {@link CanonicalScan} that checks the payload. */
final class PayloadScan {
    private static final int ENTRY = 0x0a;
    private static final int FIELD_KEY = 0x0a;
    private static final int FIELD_VALUE = 0x12;
    private static final int INT64 = 0x08;
    private static final int DOUBLE = 0x11;
    private static final int STRING = 0x1a;
    private static final int BOOL = 0x20;
    private static final int TIME_MICROS = 0x28;
    private static final int LIST = 0x32;
    private static final int MAP = 0x3a;
    private static final int GEO = 0x42;
    private static final int LATITUDE = 0x09;
    private static final int LONGITUDE = 0x11;
    private static final double MAX_LATITUDE = 90;
    private static final double MAX_LONGITUDE = 180;

    private final byte[] bytes;
    private final WireReader in;
    private final PayloadLimits limits;

    /** Where we are, for reasons: a key's bytes from and to, or -1 and the place in a list. */
    private final int[] path;

    PayloadScan(byte[] bytes, WireReader in, PayloadLimits limits) {
        this.bytes = bytes;
        this.in = in;
        this.limits = limits;
        // One level more than allowed can be entered before it is refused.
        path = new int[2 * (limits.maxDepth() + 2)];
    }

    void payload(int end) {
        int size = end - in.position();
        fields(end, 1);
        if (size > limits.maxBytes()) {
            throw new RuleException(
                    Rule.PAYLOAD_TOO_LARGE,
                    "payload has " + size + " bytes; at most " + limits.maxBytes());
        }
    }

    private void fields(int end, int level) {
        int previousFrom = -1;
        int previousTo = -1;
        while (in.position() < end) {
            int fieldEnd = entry(end);
            int keyFrom = in.position();
            int keyTo = keyFrom;
            int tag = keyFrom == fieldEnd ? 0 : in.readByte();
            if (tag == FIELD_KEY) {
                keyTo = in.readLengthAndEnd(fieldEnd);
                keyFrom = in.position();
                if (keyTo == keyFrom) {
                    throw new NotCanonicalException();
                }
                in.position(keyTo);
                tag = keyTo == fieldEnd ? 0 : in.readByte();
            }
            if (tag != 0 && (tag != FIELD_VALUE || in.readLengthAndEnd(fieldEnd) != fieldEnd)) {
                throw new NotCanonicalException();
            }
            enter(level, keyFrom, keyTo);
            key(keyFrom, keyTo, level);
            if (previousFrom >= 0) {
                order(previousFrom, previousTo, keyFrom, keyTo, level);
            }
            previousFrom = keyFrom;
            previousTo = keyTo;
            value(fieldEnd, level);
        }
    }

    private int entry(int end) {
        if (in.readByte() != ENTRY) {
            throw new NotCanonicalException();
        }
        return in.readLengthAndEnd(end);
    }

    private void key(int from, int to, int level) {
        int size = to - from;
        if (!Utf8.isWellFormed(bytes, from, size)) {
            throw new NotCanonicalException();
        }
        if (size == 0) {
            throw broken(Rule.PAYLOAD_KEY_INVALID, level, "an empty key");
        }
        if (size > Limits.PAYLOAD_KEY_BYTES) {
            throw broken(
                    Rule.PAYLOAD_KEY_INVALID,
                    level,
                    "a key of " + size + " bytes; at most " + Limits.PAYLOAD_KEY_BYTES);
        }
        if (bytes[from] == '$'
                && (in.equalsUtf8(from, to, PayloadJson.TIME)
                        || in.equalsUtf8(from, to, PayloadJson.GEO))) {
            throw broken(Rule.PAYLOAD_KEY_INVALID, level, "a reserved key");
        }
    }

    private void order(int previousFrom, int previousTo, int keyFrom, int keyTo, int level) {
        int order = Arrays.compareUnsigned(bytes, previousFrom, previousTo, bytes, keyFrom, keyTo);
        if (order > 0) {
            throw new NotCanonicalException();
        }
        if (order == 0) {
            throw broken(Rule.PAYLOAD_DUPLICATE_KEY, level, "a key that occurs twice");
        }
    }

    private void value(int end, int level) {
        if (level > limits.maxDepth()) {
            throw broken(
                    Rule.PAYLOAD_TOO_DEEP,
                    level,
                    "nested deeper than " + limits.maxDepth() + " levels");
        }
        if (in.position() == end) {
            throw broken(Rule.PAYLOAD_VALUE_UNSET, level, "a value without a kind");
        }
        switch (in.readByte()) {
            case INT64, TIME_MICROS -> in.readVarint();
            case DOUBLE -> {
                if (!Double.isFinite(Double.longBitsToDouble(in.readFixed64()))) {
                    throw broken(Rule.PAYLOAD_NOT_FINITE, level, "not finite");
                }
            }
            case STRING -> string(end);
            case BOOL -> {
                if (in.readVarint() >>> 1 != 0) {
                    throw new NotCanonicalException();
                }
            }
            case LIST -> {
                requireWhole(end);
                list(end, level + 1);
            }
            case MAP -> {
                requireWhole(end);
                fields(end, level + 1);
            }
            case GEO -> {
                requireWhole(end);
                geo(end, level);
            }
            default -> throw new NotCanonicalException();
        }
        if (in.position() != end) {
            throw new NotCanonicalException();
        }
    }

    /** Opens a frame that must fill the one around it. */
    private void requireWhole(int end) {
        if (in.readLengthAndEnd(end) != end) {
            throw new NotCanonicalException();
        }
    }

    private void string(int end) {
        requireWhole(end);
        if (!Utf8.isWellFormed(bytes, in.position(), end - in.position())) {
            throw new NotCanonicalException();
        }
        in.position(end);
    }

    private void list(int end, int level) {
        for (int i = 0; in.position() < end; i++) {
            int elementEnd = entry(end);
            enter(level, -1, i);
            value(elementEnd, level);
        }
    }

    private void geo(int end, int level) {
        double latitude = degrees(LATITUDE, end);
        double longitude = degrees(LONGITUDE, end);
        if (in.position() != end) {
            throw new NotCanonicalException();
        }
        // Written so that NaN fails.
        boolean onEarth =
                Math.abs(latitude) <= MAX_LATITUDE && Math.abs(longitude) <= MAX_LONGITUDE;
        if (!onEarth) {
            throw broken(
                    Rule.PAYLOAD_GEO_INVALID,
                    level,
                    "not a place: latitude " + latitude + ", longitude " + longitude);
        }
    }

    /** An optional field: zero is left out, and minus zero is not zero. */
    private double degrees(int tag, int end) {
        if (in.position() == end || (bytes[in.position()] & 0xff) != tag) {
            return 0;
        }
        in.readByte();
        long bits = in.readFixed64();
        if (bits == 0 || in.position() > end) {
            throw new NotCanonicalException();
        }
        return Double.longBitsToDouble(bits);
    }

    private void enter(int level, int from, int to) {
        path[2 * level] = from;
        path[2 * level + 1] = to;
    }

    private RuleException broken(Rule rule, int level, String what) {
        StringBuilder where = new StringBuilder("payload");
        for (int i = 1; i <= level; i++) {
            int from = path[2 * i];
            int to = path[2 * i + 1];
            if (from < 0) {
                where.append('[').append(to).append(']');
            } else {
                where.append('.').append(in.utf8(from, to));
            }
        }
        return new RuleException(rule, where + ": " + what);
    }
}
