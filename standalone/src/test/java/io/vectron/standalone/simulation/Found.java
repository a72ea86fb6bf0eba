package io.vectron.standalone.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.Point;
import io.vectron.worker.shard.StoredRow;

/** A row as a search finds it. */
record Found(long version, float x, float y) {
    /** What a search should find of a row. */
    static Found of(StoredRow row) {
        try {
            DenseF32 vector = Point.parseFrom(row.point()).getVectors(0).getF32();
            return new Found(row.version(), vector.getValues(0), vector.getValues(1));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("only points are written", e);
        }
    }
}
