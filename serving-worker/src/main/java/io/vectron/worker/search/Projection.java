package io.vectron.worker.search;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectron.proto.log.v1.Point;
import io.vectron.worker.shard.StoredRow;
import java.io.IOException;

/**
 * What of a point an answer holds.
 *
 * @param vectors its vectors
 * @param payload its payload
 */
record Projection(boolean vectors, boolean payload) {
    /** Whether any row must be read at all. */
    boolean readsRows() {
        return vectors || payload;
    }

    Point of(StoredRow row) throws IOException {
        Point point;
        try {
            point = Point.parseFrom(row.point());
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("row '" + row.id() + "' is damaged", e);
        }
        if (vectors && payload) {
            return point;
        }
        Point.Builder part = point.toBuilder();
        if (!vectors) {
            part.clearVectors();
        }
        if (!payload) {
            part.clearPayload();
        }
        return part.build();
    }
}
