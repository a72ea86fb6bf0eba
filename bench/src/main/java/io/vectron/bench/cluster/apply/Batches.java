package io.vectron.bench.cluster.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.vectron.bench.run.Vectors;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.worker.shard.ShardFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Batches of one shard as the ingest job sends them, made before anything is measured. The second
 * half of the rows replaces the first.
 *
 * @param facts of the shard
 * @param entries serialized entries, in order
 * @param rows the same records, a list a batch
 * @param end position after the last one
 */
record Batches(ShardFacts facts, List<ByteString> entries, List<List<Row>> rows, long end) {
    private static final int MOST_RECORDS = 512; // as in a batch of the job
    private static final int MOST_BYTES = 960 << 10;

    private static final String TOPIC_ID = "bench";
    private static final long EPOCH = 1;

    /** A record without its envelope. */
    record Row(ByteString id, ByteString point) {}

    /** Batches of so many rows. */
    static Batches of(Vectors vectors, int count) {
        ShardFacts facts =
                new ShardFacts(
                        UUID.randomUUID(), collection(vectors.dimension()), TOPIC_ID, 0, 0, 1);
        List<ByteString> entries = new ArrayList<>();
        List<List<Row>> rows = new ArrayList<>();
        int distinct = Math.max(1, count / 2);
        int perBatch = perBatch(vectors);
        for (int from = 0; from < count; from += perBatch) {
            int to = Math.min(count, from + perBatch);
            ApplyBatch.Builder batch =
                    ApplyBatch.newBuilder()
                            .setGroup(facts.group().toString())
                            .setEpoch(EPOCH)
                            .setTopicId(TOPIC_ID)
                            .setFrom(from)
                            .setTo(to)
                            .setLogEnd(count);
            List<Row> some = new ArrayList<>(to - from);
            for (int i = from; i < to; i++) {
                ByteString id = ByteString.copyFrom("point-" + i % distinct, UTF_8);
                ByteString point = point(vectors.rows().row(i)).toByteString();
                some.add(new Row(id, point));
                batch.addRecords(LogRecord.newBuilder().setOffset(i).setId(id).setPoint(point));
            }
            rows.add(some);
            entries.add(ShardEntry.newBuilder().setApplyBatch(batch).build().toByteString());
        }
        return new Batches(facts, entries, rows, count);
    }

    /** Records of a batch but the last. */
    static int perBatch(Vectors vectors) {
        int recordBytes = point(vectors.rows().row(0)).getSerializedSize() + 64;
        return Math.clamp(MOST_BYTES / recordBytes, 1, MOST_RECORDS);
    }

    private static CollectionFacts collection(int dimension) {
        return CollectionFacts.newBuilder()
                .setId(UUID.randomUUID().toString())
                .setName("bench")
                .setShards(1)
                .addVectors(
                        VectorSpec.newBuilder()
                                .setDimension(dimension)
                                .setMetric(Metric.METRIC_COSINE))
                .build();
    }

    private static Point point(float[] vector) {
        DenseF32.Builder dense = DenseF32.newBuilder();
        for (float component : vector) {
            dense.addValues(component);
        }
        return Point.newBuilder().addVectors(NamedVector.newBuilder().setF32(dense)).build();
    }
}
