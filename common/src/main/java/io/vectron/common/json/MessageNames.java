package io.vectron.common.json;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.WriteToken;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How JSON calls what the messages call otherwise; to read it and to write it. */
public final class MessageNames {

    /** The default vector of a point. */
    public static final String VECTOR = "vector";

    /** Vectors of a point by name. */
    public static final String VECTORS = "vectors";

    /** Payload of a point. */
    public static final String PAYLOAD = "payload";

    /** Name of a query's vector; {@value #VECTOR} holds its components. */
    public static final String VECTOR_NAME = "vector_name";

    private MessageNames() {}

    /** Whether the field is a point, whose parts JSON writes beside its neighbours. */
    public static boolean isPoint(FieldDescriptor field) {
        return isMessage(field, Point.getDescriptor().getFullName());
    }

    /** Whether the field is a query's vector. */
    public static boolean isVector(FieldDescriptor field) {
        return isMessage(field, NamedVector.getDescriptor().getFullName());
    }

    /** Whether the field is a token, which JSON writes as text. */
    public static boolean isToken(FieldDescriptor field) {
        return isMessage(field, WriteToken.getDescriptor().getFullName());
    }

    /** Whether the field is a time, which JSON writes as RFC 3339. */
    public static boolean isTime(FieldDescriptor field) {
        return isMessage(field, "google.protobuf.Timestamp");
    }

    private static boolean isMessage(FieldDescriptor field, String type) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && field.getMessageType().getFullName().equals(type);
    }

    /** {@code METRIC_COSINE} of the enum Metric is {@code cosine}. */
    public static String of(EnumValueDescriptor value) {
        return value.getName().substring(prefix(value.getType())).toLowerCase(Locale.ROOT);
    }

    /** The value of that name; null if there is none. The unspecified one has no name. */
    public static @Nullable EnumValueDescriptor value(EnumDescriptor type, String name) {
        for (EnumValueDescriptor value : type.getValues()) {
            if (value.getNumber() != 0 && of(value).equals(name)) {
                return value;
            }
        }
        return null;
    }

    /** All names of an enum, for people. */
    public static String all(EnumDescriptor type) {
        return type.getValues().stream()
                .filter(value -> value.getNumber() != 0)
                .map(MessageNames::of)
                .collect(Collectors.joining(", "));
    }

    /** Length of what all values start with: the lint of the contracts makes sure that they do. */
    private static int prefix(EnumDescriptor type) {
        return type.getValues().getFirst().getName().length() - "UNSPECIFIED".length();
    }
}
