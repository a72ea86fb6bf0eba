package io.vectron.gateway.rest.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.google.common.base.Utf8;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.json.MessageNames;
import io.vectron.common.limit.Limits;
import io.vectron.common.log.WriteToken;
import io.vectron.common.record.JsonPoints;
import io.vectron.common.record.UnicodeText;
import io.vectron.proto.log.v1.Point;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body straight into its message, in the form that {@link JsonResponse} writes. Fields that
 * the message does not have, fields given twice, null, and numbers out of range are refused.
 */
public final class JsonRequest {

    private static final long UINT32_MAX = 0xffff_ffffL;

    private final JsonParser in;
    private final PointReader points;

    private JsonRequest(JsonParser in, LongConsumer heapBytes) {
        this.in = in;
        this.points = new PointReader(in, heapBytes);
    }

    /**
     * Reads a body.
     *
     * @param bytes holds the body
     * @param length how many of the bytes are the body
     * @param into filled
     * @param elsewhere fields that the body must not have
     * @param heapBytes told what each vector and payload takes on the heap, once it was read
     * @throws VectronException MALFORMED_JSON, INVALID_REQUEST, INVALID_POINT,
     *     INVALID_QUERY_VECTOR, INVALID_TOKEN, INVALID_METRIC, INVALID_HISTORY,
     *     INVALID_VECTOR_SPEC or TOO_MANY_POINTS, with the field
     */
    public static void read(
            byte[] bytes,
            int length,
            Message.Builder into,
            Set<String> elsewhere,
            LongConsumer heapBytes) {
        if (!Utf8.isWellFormed(bytes, 0, length)) {
            throw malformed("the body is not UTF-8");
        }
        try (JsonParser in = JsonPoints.parser(bytes, length)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("the body is not a JSON object");
            }
            new JsonRequest(in, heapBytes).object(into, null, elsewhere);
            if (in.nextToken() != null) {
                throw malformed("text follows the JSON object");
            }
        } catch (StreamConstraintsException e) {
            throw malformed("beyond limits: " + e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            throw malformed(
                    "not JSON at byte "
                            + e.getLocation().getByteOffset()
                            + ": "
                            + e.getOriginalMessage());
        } catch (IOException e) {
            // What an array cannot do by itself: the parser objects to the encoding.
            throw malformed("not JSON: " + e.getMessage());
        }
    }

    private void object(Message.Builder into, @Nullable Place place, Set<String> elsewhere)
            throws IOException {
        Descriptor type = into.getDescriptorForType();
        FieldDescriptor point = find(type, MessageNames::isPoint);
        Point.Builder parts = point == null ? null : Point.newBuilder();
        boolean hasPoint = false;
        Set<String> seen = new HashSet<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            Place at = Place.field(place, name);
            if (!seen.add(name)) {
                throw invalid(at, "is given twice");
            }
            JsonToken token = in.nextToken();
            if (parts != null && points.part(name, token, parts, at)) {
                hasPoint = true;
                continue;
            }
            FieldDescriptor field = type.findFieldByName(name);
            if (name.equals(MessageNames.VECTOR_NAME)) {
                vectorName(into, type, token, at);
            } else if (field == null || field == point || elsewhere.contains(name)) {
                throw invalid(at, "is no field of this request");
            } else if (field.isRepeated()) {
                list(into, field, token, at);
            } else {
                requireOne(into, field, at);
                Object value = value(into, field, token, at);
                into.setField(field, value);
            }
        }
        if (point != null && parts != null && hasPoint) {
            into.setField(point, parts.build());
        }
    }

    private static @Nullable FieldDescriptor find(
            Descriptor type, Predicate<FieldDescriptor> which) {
        for (FieldDescriptor field : type.getFields()) {
            if (which.test(field)) {
                return field;
            }
        }
        return null;
    }

    /** A query's vector is one object in the contract, and two fields here. */
    private void vectorName(Message.Builder into, Descriptor type, JsonToken token, Place at)
            throws IOException {
        FieldDescriptor vector = find(type, MessageNames::isVector);
        if (vector == null || vector.isRepeated()) {
            throw invalid(at, "is no field of this request");
        }
        Message.Builder named = into.getFieldBuilder(vector);
        named.setField(named.getDescriptorForType().findFieldByName("name"), text(token, at));
    }

    private static void requireOne(Message.Builder into, FieldDescriptor field, Place at) {
        OneofDescriptor oneof = field.getRealContainingOneof();
        if (oneof != null && into.hasOneof(oneof)) {
            throw invalid(at, "excludes " + into.getOneofFieldDescriptor(oneof).getName());
        }
    }

    private void list(Message.Builder into, FieldDescriptor field, JsonToken token, Place at)
            throws IOException {
        if (token != JsonToken.START_ARRAY) {
            throw invalid(at, "must be a list");
        }
        int count = 0;
        for (JsonToken next = in.nextToken(); next != JsonToken.END_ARRAY; next = in.nextToken()) {
            if (count == Limits.POINTS_PER_REQUEST) {
                // Here, since what comes need not be held to know that it is too much.
                throw tooMany(field, at);
            }
            into.addRepeatedField(field, value(into, field, next, at.element(count)));
            count++;
        }
    }

    private static VectronException tooMany(FieldDescriptor field, Place at) {
        boolean points = field.getName().equals("points") || field.getName().equals("ids");
        return new VectronException(
                points ? ErrorCode.TOO_MANY_POINTS : ErrorCode.INVALID_REQUEST,
                at.toString(),
                at + " has more than " + Limits.POINTS_PER_REQUEST + " elements");
    }

    private Object value(Message.Builder into, FieldDescriptor field, JsonToken token, Place at)
            throws IOException {
        return switch (field.getType()) {
            case UINT32, FIXED32 -> (int) integer(token, at, 0, UINT32_MAX);
            case INT32, SINT32, SFIXED32 ->
                    (int) integer(token, at, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case UINT64, FIXED64 -> integer(token, at, 0, Long.MAX_VALUE);
            case INT64, SINT64, SFIXED64 -> integer(token, at, Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT -> (float) number(token, at);
            case DOUBLE -> number(token, at);
            case BOOL -> bool(token, at);
            case STRING -> text(token, at);
            case BYTES -> bytes(token, at);
            case ENUM -> constant(field, token, at);
            case MESSAGE -> message(into, field, token, at);
            case GROUP -> throw new IllegalArgumentException("a group: " + field.getFullName());
        };
    }

    private Object message(Message.Builder into, FieldDescriptor field, JsonToken token, Place at)
            throws IOException {
        if (MessageNames.isVector(field)) {
            return points.query(into.getField(field), token, at);
        }
        if (MessageNames.isToken(field)) {
            return token(text(token, at), at);
        }
        if (MessageNames.isTime(field)) {
            return time(text(token, at), at);
        }
        if (token != JsonToken.START_OBJECT) {
            throw invalid(at, "must be an object");
        }
        Message.Builder inner = into.newBuilderForField(field);
        object(inner, at, Set.of());
        return inner.build();
    }

    private long integer(JsonToken token, Place at, long least, long most) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_INT
                && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            long value = in.getLongValue();
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw invalid(at, "must be a whole number from " + least + " to " + most);
    }

    private double number(JsonToken token, Place at) throws IOException {
        if (!token.isNumeric()) {
            throw invalid(at, "must be a number");
        }
        return in.getDoubleValue();
    }

    private static boolean bool(JsonToken token, Place at) {
        if (!token.isBoolean()) {
            throw invalid(at, "must be true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    private String text(JsonToken token, Place at) throws IOException {
        if (token != JsonToken.VALUE_STRING) {
            throw invalid(at, "must be a string");
        }
        String text = in.getText();
        if (!UnicodeText.isPaired(text)) {
            throw malformed(at + " has half of a surrogate pair");
        }
        return text;
    }

    private ByteString bytes(JsonToken token, Place at) throws IOException {
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(text(token, at)));
        } catch (IllegalArgumentException e) {
            throw invalid(at, "must be base64");
        }
    }

    private EnumValueDescriptor constant(FieldDescriptor field, JsonToken token, Place at)
            throws IOException {
        EnumValueDescriptor value = MessageNames.value(field.getEnumType(), text(token, at));
        if (value != null) {
            return value;
        }
        ErrorCode code =
                switch (field.getEnumType().getName()) {
                    case "Metric" -> ErrorCode.INVALID_METRIC;
                    case "History" -> ErrorCode.INVALID_HISTORY;
                    case "VectorType" -> ErrorCode.INVALID_VECTOR_SPEC;
                    default -> ErrorCode.INVALID_REQUEST;
                };
        throw new VectronException(
                code,
                at.toString(),
                at + " must be one of " + MessageNames.all(field.getEnumType()));
    }

    private static Message token(String text, Place at) {
        try {
            return WriteToken.parse(text).toProto();
        } catch (VectronException e) {
            throw new VectronException(e.code(), at.toString(), String.valueOf(e.getMessage()));
        }
    }

    private static Message time(String text, Place at) {
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            return Timestamp.newBuilder()
                    .setSeconds(time.getEpochSecond())
                    .setNanos(time.getNano())
                    .build();
        } catch (DateTimeException e) {
            throw invalid(at, "must be a time of RFC 3339, such as 2026-01-01T00:00:00Z");
        }
    }

    private static VectronException invalid(Place at, String what) {
        return new VectronException(ErrorCode.INVALID_REQUEST, at.toString(), at + " " + what);
    }

    private static VectronException malformed(String message) {
        return new VectronException(ErrorCode.MALFORMED_JSON, message);
    }
}
