package io.vectron.worker.shard;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.VectorSpec;
import java.io.IOException;

/** Finds the indexed vector in the canonical bytes of a point. */
final class PointVectors {
    private static final int MAGNITUDE = 0x7fffffff;
    private static final int INFINITY = 0x7f800000;

    private PointVectors() {}

    /** What the bytes hold. */
    sealed interface Found {
        /** A vector that fits the index, {@code float[dimension]}. */
        @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
        record Fit(float[] vector) implements Found {}

        /** None that fits. */
        record Unfit(String reason) implements Found {}
    }

    static Found find(VectorSpec spec, ByteString point) {
        try {
            float[] packed = PackedVectors.find(point, spec.getName());
            return packed == null ? parse(spec, point) : judge(spec, packed);
        } catch (InvalidProtocolBufferException e) {
            return new Found.Unfit("not a point: " + e.getMessage());
        } catch (IOException e) {
            throw new AssertionError("reading from memory", e);
        }
    }

    private static Found parse(VectorSpec spec, ByteString point)
            throws InvalidProtocolBufferException {
        for (NamedVector candidate : Point.parseFrom(point).getVectorsList()) {
            if (candidate.getName().equals(spec.getName())) {
                return candidate.hasF32()
                        ? judge(spec, toArray(candidate.getF32()))
                        : new Found.Unfit("vector '" + spec.getName() + "' is not dense f32");
            }
        }
        return new Found.Unfit("no vector '" + spec.getName() + "'");
    }

    private static Found judge(VectorSpec spec, float[] vector) {
        if (vector.length != spec.getDimension()) {
            return new Found.Unfit(
                    "dimension is " + vector.length + ", not " + spec.getDimension());
        }
        // Without the sign, bits of floats are ordered as their values: the largest tells all.
        int largest = 0;
        for (float value : vector) {
            largest = Math.max(largest, Float.floatToRawIntBits(value) & MAGNITUDE);
        }
        if (largest >= INFINITY) {
            return notFinite(vector);
        }
        return largest == 0 && spec.getMetric() == Metric.METRIC_COSINE
                ? new Found.Unfit("zero vector under cosine")
                : new Found.Fit(vector);
    }

    private static Found notFinite(float[] vector) {
        int at = 0;
        while (Float.isFinite(vector[at])) {
            at++;
        }
        return new Found.Unfit("component " + at + " is " + vector[at]);
    }

    private static float[] toArray(DenseF32 vector) {
        float[] values = new float[vector.getValuesCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = vector.getValues(i);
        }
        return values;
    }
}
