package io.vectron.ingest.lane;

import com.google.protobuf.ByteString;
import io.vectron.proto.log.v1.ApplyBatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A batch of a lane between its cut and its acknowledgement. The lane's owner only. */
final class Batch {
    final List<LaneRecord> records;
    final long to;
    @Nullable Map<ByteString, Long> versions; // set once they were looked up

    private final int leaderEpoch;

    /**
     * @param to position behind it
     * @param leaderEpoch Kafka's leader epoch of the last record before that position
     */
    Batch(List<LaneRecord> records, long to, int leaderEpoch) {
        this.records = List.copyOf(records);
        this.to = to;
        this.leaderEpoch = leaderEpoch;
    }

    /** As it is sent. */
    ApplyBatch entry(LaneTarget target, long epoch, long from, long logEnd) {
        ApplyBatch.Builder entry =
                ApplyBatch.newBuilder()
                        .setGroup(target.group())
                        .setEpoch(epoch)
                        .setTopicId(target.topicId())
                        .setPartition(target.partition())
                        .setFrom(from)
                        .setTo(to)
                        .setLogEnd(logEnd);
        if (leaderEpoch != LaneRecord.NO_EPOCH) {
            entry.setLeaderEpoch(leaderEpoch);
        }
        for (LaneRecord record : records) {
            if (record.effect() != null) {
                entry.addRecords(record.effect());
            }
        }
        return entry.build();
    }

    /** Bytes that it takes in memory. */
    long heldBytes() {
        return records.stream().mapToLong(LaneRecord::heldBytes).sum();
    }

    /** What it was, once the shard has everything below {@code position}. */
    Effect.Acknowledged acknowledged(long position) {
        int accepted = 0;
        long bytes = 0;
        Map<String, Integer> rejected = new LinkedHashMap<>();
        for (LaneRecord record : records) {
            bytes += record.entryBytes();
            if (record.letter() == null) {
                accepted++;
            } else {
                rejected.merge(record.letter().rule(), 1, Integer::sum);
            }
        }
        return new Effect.Acknowledged(position, accepted, rejected, bytes);
    }
}
