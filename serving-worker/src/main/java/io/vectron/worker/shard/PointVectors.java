package io.vectron.worker.shard;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.VectorSpec;
import java.io.IOException;

/** Finds the indexed vector in the canonical bytes of a point. */
final class PointVectors {
    private PointVectors() {}

    /** What the bytes hold. */
    sealed interface Found {
        /** A vector that fits the index. */
        record Fit(DenseF32 vector) implements Found {}

        /** None that fits. */
        record Unfit(String reason) implements Found {}
    }

    static Found find(VectorSpec spec, ByteString point) {
        Point parsed;
        try {
            // The bytes never change: the vector may lie in them instead of being copied out.
            CodedInputStream in = point.newCodedInput();
            in.enableAliasing(true);
            parsed = Point.parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            return new Found.Unfit("not a point: " + e.getMessage());
        } catch (IOException e) {
            throw new AssertionError("reading from memory", e);
        }
        for (NamedVector candidate : parsed.getVectorsList()) {
            if (candidate.getName().equals(spec.getName())) {
                return judge(spec, candidate);
            }
        }
        return new Found.Unfit("no vector '" + spec.getName() + "'");
    }

    private static Found judge(VectorSpec spec, NamedVector candidate) {
        if (!candidate.hasF32()) {
            return new Found.Unfit("vector '" + spec.getName() + "' is not dense f32");
        }
        DenseF32 vector = candidate.getF32();
        if (vector.getValuesCount() != spec.getDimension()) {
            return new Found.Unfit(
                    "dimension is " + vector.getValuesCount() + ", not " + spec.getDimension());
        }
        boolean zero = true;
        for (int i = 0; i < vector.getValuesCount(); i++) {
            float value = vector.getValues(i);
            if (!Float.isFinite(value)) {
                return new Found.Unfit("component " + i + " is " + value);
            }
            zero &= value == 0;
        }
        return zero && spec.getMetric() == Metric.METRIC_COSINE
                ? new Found.Unfit("zero vector under cosine")
                : new Found.Fit(vector);
    }

    /** {@code float[dimension]}. */
    static float[] toArray(DenseF32 vector) {
        float[] values = new float[vector.getValuesCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = vector.getValues(i);
        }
        return values;
    }
}
