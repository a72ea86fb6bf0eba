package io.vectron.worker.shard;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Point;
import java.io.IOException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads a dense vector where it lies in the canonical bytes of a point. The general parser makes a
 * list of it one float at a time, which was a tenth of what a batch costs.
 */
final class PackedVectors {
    private static final int END = 0;
    private static final int LENGTH_DELIMITED = 2;
    private static final int VECTORS = tag(Point.VECTORS_FIELD_NUMBER);
    private static final int PAYLOAD = tag(Point.PAYLOAD_FIELD_NUMBER);
    private static final int NAME = tag(NamedVector.NAME_FIELD_NUMBER);
    private static final int F32 = tag(NamedVector.F32_FIELD_NUMBER);
    private static final int VALUES = tag(DenseF32.VALUES_FIELD_NUMBER);

    private PackedVectors() {}

    private static int tag(int field) {
        return field << 3 | LENGTH_DELIMITED;
    }

    /**
     * The one vector of a point, {@code float[dimension]}.
     *
     * @return null if there are several, or none that is dense and has the name, or the bytes are
     *     not in canonical form: the general parser says which
     * @throws IOException if the bytes are no point
     */
    static float @Nullable [] find(ByteString point, String name) throws IOException {
        CodedInputStream in = input(point);
        if (in.readTag() != VECTORS) {
            return null;
        }
        ByteString vector = in.readBytes();
        int tag = in.readTag();
        if (tag == PAYLOAD) {
            var _ = Payload.parseFrom(input(in.readBytes())); // for its errors
            tag = in.readTag();
        }
        return tag == END ? named(vector, name) : null;
    }

    private static float @Nullable [] named(ByteString vector, String name) throws IOException {
        CodedInputStream in = input(vector);
        int tag = in.readTag();
        String own = "";
        if (tag == NAME) {
            own = in.readStringRequireUtf8();
            tag = in.readTag();
        }
        if (tag != F32 || !own.equals(name)) {
            return null;
        }
        ByteString dense = in.readBytes();
        return in.isAtEnd() ? floats(dense) : null;
    }

    private static float @Nullable [] floats(ByteString dense) throws IOException {
        CodedInputStream in = input(dense);
        if (in.readTag() != VALUES) {
            return null;
        }
        ByteString values = in.readBytes();
        if (!in.isAtEnd() || values.size() % Float.BYTES != 0) {
            return null;
        }
        float[] floats = new float[values.size() / Float.BYTES];
        values.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    /** The bytes never change: what is read may lie in them instead of being copied out. */
    private static CodedInputStream input(ByteString bytes) {
        CodedInputStream in = bytes.newCodedInput();
        in.enableAliasing(true);
        return in;
    }
}
