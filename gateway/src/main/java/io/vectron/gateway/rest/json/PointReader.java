package io.vectron.gateway.rest.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.json.MessageNames;
import io.vectron.common.limit.Limits;
import io.vectron.common.record.JsonPoints;
import io.vectron.common.record.Rule;
import io.vectron.common.record.RuleException;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Reads vectors and payloads by the rules of JSON records. A vector may be base64 of little-endian
 * 32-bit floats, too.
 */
final class PointReader {

    /** In canonical form, a value of a payload takes four bytes at least. */
    private static final int MAX_VALUES = Limits.PAYLOAD_BYTES / 4;

    /**
     * What a component takes: its list grows by halves, and what is written to the log is a copy.
     */
    private static final int COMPONENT_HEAP_BYTES = 10;

    /** What a value of a payload takes beside its text: the messages, the key, the places. */
    private static final int VALUE_HEAP_BYTES = 100;

    /** What a byte of a payload takes: its text, and the copy that is written to the log. */
    private static final int PAYLOAD_BYTE_HEAP_BYTES = 3;

    private final JsonParser in;
    private final LongConsumer heapBytes;

    PointReader(JsonParser in, LongConsumer heapBytes) {
        this.in = in;
        this.heapBytes = heapBytes;
    }

    /**
     * Reads a part of a point.
     *
     * @param token the parser's current one, the first of the part's value
     * @return whether {@code name} is a part of a point; if not, nothing was read
     */
    boolean part(String name, JsonToken token, Point.Builder into, Place at) throws IOException {
        try {
            switch (name) {
                case MessageNames.VECTOR -> into.addVectors(vector(token, ""));
                case MessageNames.VECTORS -> vectors(token, into);
                case MessageNames.PAYLOAD -> {
                    if (token != JsonToken.VALUE_NULL) {
                        payload(token, into);
                    }
                }
                default -> {
                    return false;
                }
            }
            return true;
        } catch (RuleException e) {
            throw new VectronException(
                    ErrorCode.INVALID_POINT,
                    at.toString(),
                    e.reason(),
                    Map.of("rule", e.rule().key()));
        }
    }

    private void payload(JsonToken token, Point.Builder into) throws IOException {
        into.setPayload(
                JsonPoints.payload(
                        in,
                        token,
                        Limits.PAYLOAD_DEPTH,
                        MAX_VALUES,
                        values -> heapBytes.accept((long) VALUE_HEAP_BYTES * values)));
        heapBytes.accept((long) PAYLOAD_BYTE_HEAP_BYTES * into.getPayload().getSerializedSize());
    }

    private void vectors(JsonToken token, Point.Builder into) throws IOException {
        JsonPoints.expect(token, JsonToken.START_OBJECT, MessageNames.VECTORS, "an object");
        Set<String> names = new HashSet<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = JsonPoints.vectorName(in, names);
            if (names.size() > Limits.VECTORS_PER_POINT) {
                throw new RuleException(
                        Rule.VECTOR_UNKNOWN,
                        "a point has at most " + Limits.VECTORS_PER_POINT + " vectors");
            }
            into.addVectors(vector(in.nextToken(), name));
        }
    }

    /**
     * Reads a query's vector.
     *
     * @param named has its name already, if that came first
     */
    NamedVector query(Object named, JsonToken token, Place at) throws IOException {
        try {
            return vector(token, ((NamedVector) named).getName());
        } catch (RuleException e) {
            throw new VectronException(ErrorCode.INVALID_QUERY_VECTOR, at.toString(), e.reason());
        }
    }

    private NamedVector vector(JsonToken token, String name) throws IOException {
        NamedVector vector =
                token != JsonToken.VALUE_STRING
                        ? JsonPoints.vector(in, token, name, Limits.DIMENSION)
                        : NamedVector.newBuilder()
                                .setName(name)
                                .setF32(base64(in.getText()))
                                .build();
        heapBytes.accept((long) COMPONENT_HEAP_BYTES * vector.getF32().getValuesCount());
        return vector;
    }

    private static DenseF32 base64(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new RuleException(
                    Rule.JSON_TYPE_MISMATCH, "vector is neither a list of numbers nor base64");
        }
        if (bytes.length % Float.BYTES != 0) {
            throw new RuleException(
                    Rule.JSON_TYPE_MISMATCH,
                    "vector has " + bytes.length + " bytes, which is no multiple of 4");
        }
        if (bytes.length / Float.BYTES > Limits.DIMENSION) {
            throw new RuleException(
                    Rule.DIMENSION_MISMATCH,
                    "vector has more than " + Limits.DIMENSION + " components");
        }
        DenseF32.Builder dense = DenseF32.newBuilder();
        ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            dense.addValues(values.getFloat());
        }
        return dense.build();
    }
}
