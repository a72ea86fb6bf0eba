package io.vectron.common.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.vectron.common.log.WriteToken;
import io.vectron.common.record.PayloadJson;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/**
 * Writes messages as JSON, straight into a generator: the contract's names; fields without presence
 * always, others when they are set; enums by their names in lower case, if they are given; times in
 * RFC 3339; tokens in their text form; bytes in base64; 64-bit integers as numbers. A point's
 * vector and payload stand beside its id, the payload in the syntax of records. REST and the
 * command line print so.
 */
public final class MessageJson {
    private MessageJson() {}

    /** Writes the message as an object. */
    public static void write(Message message, JsonGenerator out) throws IOException {
        out.writeStartObject();
        writeFields(message, out);
        out.writeEndObject();
    }

    /** Writes the fields of the message into the object that is open. */
    public static void writeFields(Message message, JsonGenerator out) throws IOException {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isRepeated()) {
                out.writeArrayFieldStart(field.getName());
                int count = message.getRepeatedFieldCount(field);
                for (int i = 0; i < count; i++) {
                    value(field, message.getRepeatedField(field, i), out);
                }
                out.writeEndArray();
            } else if (field.hasPresence() ? message.hasField(field) : isNamed(message, field)) {
                field(field, message.getField(field), out);
            }
        }
    }

    /** The unspecified value of an enum has no name, see {@link MessageNames}. */
    private static boolean isNamed(Message message, FieldDescriptor field) {
        return field.getType() != FieldDescriptor.Type.ENUM
                || ((EnumValueDescriptor) message.getField(field)).getNumber() != 0;
    }

    private static void field(FieldDescriptor field, Object value, JsonGenerator out)
            throws IOException {
        if (MessageNames.isPoint(field)) {
            point((Point) value, out);
        } else {
            out.writeFieldName(field.getName());
            value(field, value, out);
        }
    }

    private static void value(FieldDescriptor field, Object value, JsonGenerator out)
            throws IOException {
        switch (field.getType()) {
            case INT32, SINT32, SFIXED32 -> out.writeNumber((int) value);
            case UINT32, FIXED32 -> out.writeNumber(Integer.toUnsignedLong((int) value));
            case INT64, SINT64, SFIXED64 -> out.writeNumber((long) value);
            case UINT64, FIXED64 -> unsigned((long) value, out);
            case FLOAT -> out.writeNumber((float) value);
            case DOUBLE -> out.writeNumber((double) value);
            case BOOL -> out.writeBoolean((boolean) value);
            case STRING -> out.writeString((String) value);
            case BYTES -> out.writeBinary(((ByteString) value).toByteArray());
            case ENUM -> out.writeString(MessageNames.of((EnumValueDescriptor) value));
            case MESSAGE -> message(field, (Message) value, out);
            case GROUP -> throw new IllegalArgumentException("a group: " + field.getFullName());
        }
    }

    private static void unsigned(long value, JsonGenerator out) throws IOException {
        if (value >= 0) {
            out.writeNumber(value);
        } else {
            out.writeNumber(Long.toUnsignedString(value));
        }
    }

    private static void message(FieldDescriptor field, Message value, JsonGenerator out)
            throws IOException {
        if (MessageNames.isToken(field)) {
            out.writeString(WriteToken.of((io.vectron.proto.v1.WriteToken) value).toString());
        } else if (MessageNames.isTime(field)) {
            Timestamp time = (Timestamp) value;
            out.writeString(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString());
        } else {
            write(value, out);
        }
    }

    private static void point(Point point, JsonGenerator out) throws IOException {
        List<NamedVector> vectors = point.getVectorsList();
        if (vectors.size() == 1 && vectors.getFirst().getName().isEmpty()) {
            out.writeFieldName(MessageNames.VECTOR);
            vector(vectors.getFirst(), out);
        } else if (!vectors.isEmpty()) {
            out.writeObjectFieldStart(MessageNames.VECTORS);
            for (NamedVector vector : vectors) {
                out.writeFieldName(vector.getName());
                vector(vector, out);
            }
            out.writeEndObject();
        }
        if (point.hasPayload()) {
            out.writeFieldName(MessageNames.PAYLOAD);
            PayloadJson.write(point.getPayload(), out);
        }
    }

    private static void vector(NamedVector vector, JsonGenerator out) throws IOException {
        switch (vector.getVectorCase()) {
            case F32 -> {
                DenseF32 dense = vector.getF32();
                out.writeStartArray();
                for (int i = 0; i < dense.getValuesCount(); i++) {
                    out.writeNumber(dense.getValues(i));
                }
                out.writeEndArray();
            }
            // No collection can declare them: see CollectionRules.
            case F16, I8, BITS, SPARSE, MULTI, VECTOR_NOT_SET ->
                    throw new IllegalArgumentException(
                            "a stored vector of type " + vector.getVectorCase());
        }
    }
}
