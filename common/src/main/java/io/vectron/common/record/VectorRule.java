package io.vectron.common.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.log.v1.VectorType;
import java.util.Arrays;
import java.util.List;

/** What a collection asks of one vector, ready for the hot path. */
final class VectorRule {
    private final byte[] name;
    private final String label;
    private final int dimension;
    private final boolean zeroAllowed;

    private VectorRule(VectorSpec spec) {
        name = spec.getName().getBytes(UTF_8);
        label = label(spec.getName());
        dimension = spec.getDimension();
        zeroAllowed = spec.getMetric() != Metric.METRIC_COSINE;
    }

    /** The rules of a collection. */
    static List<VectorRule> of(CollectionFacts facts) {
        for (VectorSpec spec : facts.getVectorsList()) {
            boolean denseF32 =
                    spec.getType() == VectorType.VECTOR_TYPE_F32
                            || spec.getType() == VectorType.VECTOR_TYPE_UNSPECIFIED;
            if (!denseF32 || spec.getDimension() < 1) {
                throw new IllegalArgumentException("unsupported vector in the facts: " + spec);
            }
        }
        return facts.getVectorsList().stream().map(VectorRule::new).toList();
    }

    /** How reasons call a vector. */
    static String label(String name) {
        return name.isEmpty() ? "vector" : "vector '" + name + "'";
    }

    /** As {@link #label()} for people. */
    String label() {
        return label;
    }

    int dimension() {
        return dimension;
    }

    /** Whether a vector of zeros has a distance. */
    boolean zeroAllowed() {
        return zeroAllowed;
    }

    boolean isNamed(byte[] bytes, int from, int to) {
        return Arrays.equals(name, 0, name.length, bytes, from, to);
    }
}
