package io.vectron.gateway.service;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.SearchRequest;
import java.util.List;
import java.util.Locale;

/** What a search may ask of a collection. */
final class SearchRules {

    private SearchRules() {}

    /**
     * Checks a search.
     *
     * @return the query's components
     * @throws VectronException INVALID_TOP_K, INVALID_EF, INVALID_QUERY_VECTOR or UNKNOWN_VECTOR,
     *     with the field
     */
    static List<Float> check(SearchRequest request, CollectionFacts facts) {
        // Unsigned on the wire: what looks negative is too large.
        if (request.getTopK() < 1 || request.getTopK() > Limits.TOP_K) {
            throw new VectronException(
                    ErrorCode.INVALID_TOP_K,
                    "top_k",
                    "top_k must be 1 to "
                            + Limits.TOP_K
                            + ": "
                            + Integer.toUnsignedString(request.getTopK()));
        }
        if (request.getEf() < 0 || request.getEf() > Limits.EF) {
            throw new VectronException(
                    ErrorCode.INVALID_EF,
                    "ef",
                    "ef must be 0 to "
                            + Limits.EF
                            + ": "
                            + Integer.toUnsignedString(request.getEf()));
        }
        if (!request.hasVector()) {
            throw invalid("vector", "the query vector is missing");
        }
        NamedVector vector = request.getVector();
        VectorSpec spec = spec(vector.getName(), facts);
        List<Float> values = dense(vector);
        if (values.size() != spec.getDimension()) {
            throw invalid(
                    "vector.f32",
                    "the query has "
                            + values.size()
                            + " components; the collection's vector has "
                            + spec.getDimension());
        }
        requireDirection(values, spec);
        return values;
    }

    private static VectorSpec spec(String name, CollectionFacts facts) {
        for (VectorSpec spec : facts.getVectorsList()) {
            if (spec.getName().equals(name)) {
                return spec;
            }
        }
        String shown = name.length() <= 64 ? name : name.substring(0, 64) + "…";
        throw new VectronException(
                ErrorCode.UNKNOWN_VECTOR,
                "vector.name",
                "the collection has no vector named '" + shown + "'");
    }

    private static List<Float> dense(NamedVector vector) {
        return switch (vector.getVectorCase()) {
            case F32 -> vector.getF32().getValuesList();
            case VECTOR_NOT_SET -> throw invalid("vector", "the query vector has no components");
            case F16, I8, BITS, SPARSE, MULTI -> {
                String type = vector.getVectorCase().name().toLowerCase(Locale.ROOT);
                throw invalid(
                        "vector." + type, "query vectors must be dense f32; this one is " + type);
            }
        };
    }

    private static void requireDirection(List<Float> values, VectorSpec spec) {
        boolean zero = true;
        for (int i = 0; i < values.size(); i++) {
            float value = values.get(i);
            if (!Float.isFinite(value)) {
                throw invalid("vector.f32.values[" + i + "]", "component " + i + " is " + value);
            }
            zero &= value == 0;
        }
        if (zero && spec.getMetric() == Metric.METRIC_COSINE) {
            throw invalid("vector.f32", "a zero vector has no direction, which cosine needs");
        }
    }

    private static VectronException invalid(String field, String message) {
        return new VectronException(ErrorCode.INVALID_QUERY_VECTOR, field, message);
    }
}
