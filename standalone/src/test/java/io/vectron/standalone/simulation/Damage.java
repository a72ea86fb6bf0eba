package io.vectron.standalone.simulation;

import com.google.protobuf.ByteString;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.worker.shard.StoredRow;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Ways in which one member comes to have other rows than the others. */
enum Damage {
    /** A row is gone from the store. */
    ROW_LOST,
    /** The bytes of a row are others; its hash is as it was. */
    ROW_CHANGED,
    /** A row is applied otherwise, hash and all: only the other members can know. */
    BATCH_CHANGED;

    private static final ByteString OTHER =
            Point.newBuilder()
                    .addVectors(
                            NamedVector.newBuilder()
                                    .setF32(DenseF32.newBuilder().addValues(-1).addValues(-1)))
                    .build()
                    .toByteString();

    /** Changes one of the rows, of which there is at least one; returns its id. */
    String change(MemoryStore store, SplittableRandom random) {
        List<String> ids = List.copyOf(store.rows().keySet());
        String victim = ids.get(random.nextInt(ids.size()));
        store.change(rows -> {
            StoredRow row = rows.remove(victim);
            if (row != null && this == ROW_CHANGED) {
                rows.put(victim, new StoredRow(victim, row.mark(), OTHER));
            }
        });
        return victim;
    }

    /** A batch with another point in it; null if it has none that counts. */
    static @Nullable ApplyBatch changed(ApplyBatch batch, long position) {
        for (int i = 0; i < batch.getRecordsCount(); i++) {
            LogRecord record = batch.getRecords(i);
            if (record.hasPoint() && record.getOffset() >= position) {
                return batch.toBuilder().setRecords(i, record.toBuilder().setPoint(OTHER)).build();
            }
        }
        return null;
    }
}
