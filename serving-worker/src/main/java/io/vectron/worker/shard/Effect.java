package io.vectron.worker.shard;

import com.google.protobuf.ByteString;
import io.vectron.proto.log.v1.DenseF32;

/** What the last record of an id within a batch does to the point. */
sealed interface Effect {
    /** Offset of the record. */
    long offset();

    /**
     * Writes the point.
     *
     * @param point canonical bytes
     * @param vector the vector to index, of the right dimension and fit for the metric
     */
    record Write(long offset, ByteString point, DenseF32 vector) implements Effect {}

    /** Removes the point. */
    record Remove(long offset) implements Effect {}
}
