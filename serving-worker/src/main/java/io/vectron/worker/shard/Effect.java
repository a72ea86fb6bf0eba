package io.vectron.worker.shard;

import com.google.protobuf.ByteString;

/** What the last record of an id within a batch does to the point. */
sealed interface Effect {
    /** Offset of the record. */
    long offset();

    /**
     * Writes the point.
     *
     * @param point canonical bytes
     * @param vector the vector to index, {@code float[dimension]}, fit for the metric
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Write(long offset, ByteString point, float[] vector) implements Effect {}

    /** Removes the point. */
    record Remove(long offset) implements Effect {}
}
