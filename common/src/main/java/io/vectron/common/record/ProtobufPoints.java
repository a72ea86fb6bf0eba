package io.vectron.common.record;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Value;
import java.util.List;

/** Reads points from protobuf in whatever legal encoding. */
final class ProtobufPoints {
    private ProtobufPoints() {}

    /**
     * Reads a point.
     *
     * @throws RuleException VALUE_UNDECODABLE or UNKNOWN_FIELD
     */
    static Point decode(byte[] bytes) {
        Point point;
        try {
            point = Point.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new RuleException(
                    Rule.VALUE_UNDECODABLE,
                    "value is no protobuf vectron.log.v1.Point: " + e.getMessage());
        }
        refuseUnknown(point, "point");
        for (NamedVector vector : point.getVectorsList()) {
            refuseUnknown(vector);
        }
        if (point.hasPayload()) {
            refuseUnknown(point.getPayload(), "payload");
            refuseUnknown(point.getPayload().getFieldsList(), "payload");
        }
        return point;
    }

    private static void refuseUnknown(NamedVector vector) {
        String where = VectorRule.label(vector.getName());
        refuseUnknown(vector, where);
        switch (vector.getVectorCase()) {
            case F32 -> refuseUnknown(vector.getF32(), where);
            case F16 -> refuseUnknown(vector.getF16(), where);
            case I8 -> refuseUnknown(vector.getI8(), where);
            case BITS -> refuseUnknown(vector.getBits(), where);
            case SPARSE -> refuseUnknown(vector.getSparse(), where);
            case MULTI -> refuseUnknown(vector.getMulti(), where);
            case VECTOR_NOT_SET -> {}
        }
    }

    private static void refuseUnknown(List<Field> fields, String where) {
        for (Field field : fields) {
            refuseUnknown(field, where);
            refuseUnknown(field.getValue(), where);
        }
    }

    private static void refuseUnknown(Value value, String where) {
        refuseUnknown((MessageOrBuilder) value, where);
        switch (value.getKindCase()) {
            case LIST_VALUE -> {
                refuseUnknown((MessageOrBuilder) value.getListValue(), where);
                for (Value element : value.getListValue().getValuesList()) {
                    refuseUnknown(element, where);
                }
            }
            case MAP_VALUE -> {
                refuseUnknown(value.getMapValue(), where);
                refuseUnknown(value.getMapValue().getFieldsList(), where);
            }
            case GEO_VALUE -> refuseUnknown(value.getGeoValue(), where);
            case INT64_VALUE,
                    DOUBLE_VALUE,
                    STRING_VALUE,
                    BOOL_VALUE,
                    TIME_MICROS,
                    KIND_NOT_SET -> {}
        }
    }

    private static void refuseUnknown(MessageOrBuilder message, String where) {
        if (!message.getUnknownFields().isEmpty()) {
            int number = message.getUnknownFields().asMap().keySet().iterator().next();
            throw new RuleException(
                    Rule.UNKNOWN_FIELD,
                    where
                            + ": "
                            + message.getDescriptorForType().getName()
                            + " has no field "
                            + number
                            + " of that type");
        }
    }
}
