package io.vectron.common.record;

import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.ListValue;
import io.vectron.proto.log.v1.MapValue;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Brings a point without unknown fields into canonical form; whether it is valid comes after. */
final class CanonicalOrder {
    private static final Comparator<NamedVector> BY_NAME =
            (a, b) -> UnicodeText.compareUtf8(a.getName(), b.getName());
    private static final Comparator<Field> BY_KEY =
            (a, b) -> UnicodeText.compareUtf8(a.getKey(), b.getKey());

    private CanonicalOrder() {}

    /**
     * The canonical bytes. Generated code writes fields by their number, lists packed, varints in
     * their shortest form and no zero outside a oneof; what is left is to sort.
     */
    static byte[] bytes(Point point) {
        List<NamedVector> vectors = new ArrayList<>(point.getVectorsList());
        vectors.sort(BY_NAME);
        Point.Builder canonical = Point.newBuilder().addAllVectors(vectors);
        if (point.getPayload().getFieldsCount() > 0) {
            canonical.setPayload(
                    Payload.newBuilder().addAllFields(fields(point.getPayload().getFieldsList())));
        }
        return canonical.build().toByteArray();
    }

    private static List<Field> fields(List<Field> fields) {
        List<Field> sorted = new ArrayList<>(fields.size());
        for (Field field : fields) {
            sorted.add(
                    isFlat(field.getValue())
                            ? field
                            : field.toBuilder().setValue(value(field.getValue())).build());
        }
        sorted.sort(BY_KEY);
        return sorted;
    }

    private static Value value(Value value) {
        return switch (value.getKindCase()) {
            case LIST_VALUE -> {
                ListValue.Builder list = ListValue.newBuilder();
                for (Value element : value.getListValue().getValuesList()) {
                    list.addValues(value(element));
                }
                yield Value.newBuilder().setListValue(list).build();
            }
            case MAP_VALUE -> {
                List<Field> fields = fields(value.getMapValue().getFieldsList());
                yield Value.newBuilder()
                        .setMapValue(MapValue.newBuilder().addAllFields(fields))
                        .build();
            }
            case INT64_VALUE,
                    DOUBLE_VALUE,
                    STRING_VALUE,
                    BOOL_VALUE,
                    TIME_MICROS,
                    GEO_VALUE,
                    KIND_NOT_SET ->
                    value;
        };
    }

    private static boolean isFlat(Value value) {
        return !value.hasListValue() && !value.hasMapValue();
    }
}
