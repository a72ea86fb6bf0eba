package io.vectron.gateway.rest.json;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.WriteToken;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How JSON calls what the messages call otherwise. */
final class Names {

    /** The default vector of a point. */
    static final String VECTOR = "vector";

    /** Vectors of a point by name. */
    static final String VECTORS = "vectors";

    /** Payload of a point. */
    static final String PAYLOAD = "payload";

    /** Name of a query's vector; {@value #VECTOR} holds its components. */
    static final String VECTOR_NAME = "vector_name";

    private Names() {}

    /** Whether the field is a point, whose parts JSON writes beside its neighbours. */
    static boolean isPoint(FieldDescriptor field) {
        return isMessage(field, Point.getDescriptor().getFullName());
    }

    /** Whether the field is a query's vector. */
    static boolean isVector(FieldDescriptor field) {
        return isMessage(field, NamedVector.getDescriptor().getFullName());
    }

    /** Whether the field is a token, which JSON writes as text. */
    static boolean isToken(FieldDescriptor field) {
        return isMessage(field, WriteToken.getDescriptor().getFullName());
    }

    /** Whether the field is a time, which JSON writes as RFC 3339. */
    static boolean isTime(FieldDescriptor field) {
        return isMessage(field, "google.protobuf.Timestamp");
    }

    private static boolean isMessage(FieldDescriptor field, String type) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && field.getMessageType().getFullName().equals(type);
    }

    /** {@code METRIC_COSINE} of the enum Metric is {@code cosine}. */
    static String of(EnumValueDescriptor value) {
        return value.getName().substring(prefix(value.getType())).toLowerCase(Locale.ROOT);
    }

    /** The value of that name; null if there is none. The unspecified one has no name. */
    static @Nullable EnumValueDescriptor value(EnumDescriptor type, String name) {
        for (EnumValueDescriptor value : type.getValues()) {
            if (value.getNumber() != 0 && of(value).equals(name)) {
                return value;
            }
        }
        return null;
    }

    /** All names of an enum, for people. */
    static String all(EnumDescriptor type) {
        return type.getValues().stream()
                .filter(value -> value.getNumber() != 0)
                .map(Names::of)
                .collect(Collectors.joining(", "));
    }

    /** Length of what all values start with: the lint of the contracts makes sure that they do. */
    private static int prefix(EnumDescriptor type) {
        return type.getValues().getFirst().getName().length() - "UNSPECIFIED".length();
    }
}
