package io.vectron.worker.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Removal;
import io.vectron.proto.log.v1.Seal;
import io.vectron.proto.log.v1.SetEpoch;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.proto.log.v1.Value;
import io.vectron.proto.log.v1.VectorSpec;
import java.util.List;
import java.util.UUID;

/** Facts, records and entries for tests. */
public final class Entries {
    public static final UUID GROUP = UUID.fromString("6f9619ff-8b86-3011-b42d-00c04fc964ff");
    public static final String TOPIC_ID = "dG9waWMtb25l";
    public static final int PARTITION = 3;
    public static final long EPOCH = 5;
    public static final long STAMP_MS = 1_700_000_000_000L;

    private Entries() {}

    public static CollectionFacts collection(Metric metric, int dimension) {
        return CollectionFacts.newBuilder()
                .setId("9b2d1b0a-0000-4000-8000-000000000001")
                .setName("things")
                .setShards(8)
                .addVectors(
                        VectorSpec.newBuilder().setDimension(dimension).setMetric(metric).build())
                .build();
    }

    public static ShardFacts facts(Metric metric, int dimension) {
        return new ShardFacts(GROUP, collection(metric, dimension), TOPIC_ID, PARTITION, 1, EPOCH);
    }

    /** Euclidean, two dimensions. */
    public static ShardFacts facts() {
        return facts(Metric.METRIC_EUCLIDEAN, 2);
    }

    public static Point point(String text, float... vector) {
        DenseF32.Builder dense = DenseF32.newBuilder();
        for (float value : vector) {
            dense.addValues(value);
        }
        Point.Builder point = Point.newBuilder().addVectors(NamedVector.newBuilder().setF32(dense));
        if (!text.isEmpty()) {
            Value value = Value.newBuilder().setStringValue(text).build();
            point.setPayload(
                    Payload.newBuilder()
                            .addFields(Field.newBuilder().setKey("text").setValue(value)));
        }
        return point.build();
    }

    public static LogRecord upsert(long offset, String id, float... vector) {
        return upsert(offset, id, point("", vector));
    }

    public static LogRecord upsert(long offset, String id, Point point) {
        return LogRecord.newBuilder()
                .setOffset(offset)
                .setId(ByteString.copyFrom(id, UTF_8))
                .setPoint(point.toByteString())
                .build();
    }

    public static LogRecord delete(long offset, String id) {
        return LogRecord.newBuilder()
                .setOffset(offset)
                .setId(ByteString.copyFrom(id, UTF_8))
                .setRemoval(Removal.REMOVAL_TOMBSTONE)
                .build();
    }

    public static ApplyBatch batch(long from, long to, LogRecord... records) {
        return ApplyBatch.newBuilder()
                .setGroup(GROUP.toString())
                .setEpoch(EPOCH)
                .setTopicId(TOPIC_ID)
                .setPartition(PARTITION)
                .setFrom(from)
                .setTo(to)
                .addAllRecords(List.of(records))
                .setLogEnd(-1)
                .build();
    }

    public static ShardEntry entry(ApplyBatch batch) {
        return ShardEntry.newBuilder().setStampedAtMs(STAMP_MS).setApplyBatch(batch).build();
    }

    public static ShardEntry seal(long position) {
        return ShardEntry.newBuilder()
                .setStampedAtMs(STAMP_MS)
                .setSeal(Seal.newBuilder().setPosition(position))
                .build();
    }

    public static ShardEntry entry(long epoch) {
        return ShardEntry.newBuilder()
                .setStampedAtMs(STAMP_MS)
                .setSetEpoch(SetEpoch.newBuilder().setEpoch(epoch))
                .build();
    }
}
