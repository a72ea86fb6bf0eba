package io.vectron.common.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.vectron.proto.log.v1.Point;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A point in canonical form: what is stored, hashed and compared. Immutable by agreement: the bytes
 * are shared, nobody may write to them.
 */
public final class CanonicalPoint {
    private static final int TAG_VECTORS = 0x0a;
    private static final int TAG_NAME = 0x0a;
    private static final int TAG_F32 = 0x12;
    private static final int TAG_VALUES = 0x0a;

    private final byte[] bytes;

    private CanonicalPoint(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Wraps bytes that {@link RecordValidator} accepted before, as they come back from storage.
     *
     * @param canonicalBytes not copied
     */
    public static CanonicalPoint trusted(byte[] canonicalBytes) {
        return new CanonicalPoint(canonicalBytes);
    }

    /** The canonical bytes, shared. */
    public byte[] bytes() {
        return bytes;
    }

    /** The canonical bytes, shared. */
    public ByteString byteString() {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    /**
     * A copy of a dense f32 vector.
     *
     * @return {@code float[dimension]}
     * @throws IllegalArgumentException if the point has no such vector
     */
    public float[] dense(String name) {
        ByteBuffer values = locate(bytes, name);
        float[] vector = new float[values.remaining() / Float.BYTES];
        values.asFloatBuffer().get(vector);
        return vector;
    }

    /** The point as a message. */
    public Point toPoint() {
        try {
            return Point.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("stored point is damaged", e);
        }
    }

    /**
     * Reads a dense f32 vector out of canonical bytes without parsing the rest.
     *
     * @param canonicalBytes a canonical point
     * @param name name of the vector; {@code ""} is the default one
     * @param into {@code float[dimension]}, filled
     * @throws IllegalArgumentException if the point has no such vector of that dimension, or the
     *     bytes are no canonical point
     */
    public static void dense(byte[] canonicalBytes, String name, float[] into) {
        ByteBuffer values = locate(canonicalBytes, name);
        if (values.remaining() != into.length * Float.BYTES) {
            throw new IllegalArgumentException(
                    "vector '"
                            + name
                            + "' has "
                            + values.remaining() / Float.BYTES
                            + " components, not "
                            + into.length);
        }
        values.asFloatBuffer().get(into);
    }

    private static ByteBuffer locate(byte[] canonical, String name) {
        WireReader in = new WireReader(canonical);
        while (in.position() < canonical.length && in.readByte() == TAG_VECTORS) {
            int vectorEnd = in.readLengthAndEnd(canonical.length);
            int tag = in.readByte();
            boolean named = false;
            if (tag == TAG_NAME) {
                int nameEnd = in.readLengthAndEnd(vectorEnd);
                named = in.equalsUtf8(in.position(), nameEnd, name);
                in.position(nameEnd);
                tag = in.readByte();
            } else {
                named = name.isEmpty();
            }
            if (named && tag == TAG_F32) {
                int denseEnd = in.readLengthAndEnd(vectorEnd);
                if (in.readByte() != TAG_VALUES || in.readLengthAndEnd(denseEnd) != denseEnd) {
                    break;
                }
                return ByteBuffer.wrap(canonical, in.position(), denseEnd - in.position())
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
            in.position(vectorEnd);
        }
        throw new IllegalArgumentException("no dense vector '" + name + "'");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CanonicalPoint point && Arrays.equals(bytes, point.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "CanonicalPoint[" + bytes.length + " bytes]";
    }
}
