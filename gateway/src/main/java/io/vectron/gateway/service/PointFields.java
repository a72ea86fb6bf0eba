package io.vectron.gateway.service;

import io.vectron.common.record.Rule;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.VectorSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the field of a request that broke a rule: the validator names the rule, not the place. */
final class PointFields {

    private PointFields() {}

    /**
     * Path of the field at fault.
     *
     * @param at place of the point in the request
     */
    static String path(int at, Point point, Rule rule, CollectionFacts facts) {
        String element = "points[" + at + "]";
        return switch (rule) {
            case ID_MISSING, ID_TOO_LONG, ID_NOT_UTF8, ID_RESERVED -> element + ".id";
            case VECTOR_UNKNOWN,
                    VECTOR_DUPLICATE,
                    VECTOR_TYPE_UNSUPPORTED,
                    DIMENSION_MISMATCH,
                    VECTOR_NOT_FINITE,
                    VECTOR_ZERO ->
                    element + ".point.vectors[" + vector(point.getVectorsList(), rule, facts) + "]";
            case VECTOR_MISSING -> element + ".point.vectors";
            case PAYLOAD_TOO_LARGE,
                    PAYLOAD_TOO_DEEP,
                    PAYLOAD_KEY_INVALID,
                    PAYLOAD_DUPLICATE_KEY,
                    PAYLOAD_VALUE_UNSET,
                    PAYLOAD_NOT_FINITE,
                    PAYLOAD_GEO_INVALID ->
                    element + ".point.payload";
            case WRONG_PARTITION,
                    RECORD_TOO_LARGE,
                    KIND_UNSUPPORTED,
                    CONTENT_TYPE_UNSUPPORTED,
                    SCHEMA_REGISTRY_FRAME,
                    SCHEMA_REGISTRY_AVRO,
                    VALUE_UNDECODABLE,
                    UNKNOWN_FIELD,
                    JSON_MALFORMED,
                    JSON_TYPE_MISMATCH,
                    JSON_UNKNOWN_FIELD,
                    JSON_DUPLICATE_KEY,
                    JSON_NULL_IN_LIST,
                    JSON_INTEGER_OUT_OF_RANGE,
                    JSON_TIME_INVALID ->
                    element + ".point";
        };
    }

    /** The first vector that breaks the rule; 0 if none can be told, as when there is only one. */
    private static int vector(List<NamedVector> vectors, Rule rule, CollectionFacts facts) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < vectors.size(); i++) {
            NamedVector vector = vectors.get(i);
            boolean repeated = !seen.add(vector.getName());
            if (rule == Rule.VECTOR_DUPLICATE ? repeated : breaks(vector, rule, facts)) {
                return i;
            }
        }
        return 0;
    }

    private static boolean breaks(NamedVector vector, Rule rule, CollectionFacts facts) {
        VectorSpec spec =
                facts.getVectorsList().stream()
                        .filter(one -> one.getName().equals(vector.getName()))
                        .findFirst()
                        .orElse(null);
        if (spec == null) {
            return rule == Rule.VECTOR_UNKNOWN;
        }
        if (!vector.hasF32()) {
            return rule == Rule.VECTOR_TYPE_UNSUPPORTED;
        }
        List<Float> values = vector.getF32().getValuesList();
        if (rule == Rule.DIMENSION_MISMATCH) {
            return values.size() != spec.getDimension();
        }
        if (rule == Rule.VECTOR_NOT_FINITE) {
            return values.stream().anyMatch(value -> !Float.isFinite(value));
        }
        return rule == Rule.VECTOR_ZERO && values.stream().allMatch(value -> value == 0);
    }
}
