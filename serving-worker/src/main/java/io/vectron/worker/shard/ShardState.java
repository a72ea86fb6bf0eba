package io.vectron.worker.shard;

import io.vectron.replication.RaftPosition;
import java.util.Objects;

/**
 * Where a shard stands; written in one batch with the rows it belongs to.
 *
 * @param applied last entry of the Raft log that is taken into account
 * @param collectionId collection the rows belong to
 * @param topicId Kafka's id of the topic the rows come from
 * @param partition partition of the topic
 * @param log where the shard stands in that partition
 * @param epoch number of the membership
 * @param rows live points
 */
public record ShardState(
        RaftPosition applied,
        String collectionId,
        String topicId,
        int partition,
        LogPlace log,
        long epoch,
        long rows) {

    /**
     * Place in the partition.
     *
     * @param position everything below is applied
     * @param caughtUpAtMs when the shard was last at the end of the partition, milliseconds since
     *     1970 by the clock of the leader then; 0 if never
     */
    public record LogPlace(long position, long caughtUpAtMs) {
        public LogPlace {
            if (position < 0 || caughtUpAtMs < 0) {
                throw new IllegalArgumentException(
                        "negative position or time: " + position + ", " + caughtUpAtMs);
            }
        }
    }

    public ShardState {
        Objects.requireNonNull(applied, "applied");
        Objects.requireNonNull(collectionId, "collectionId");
        Objects.requireNonNull(topicId, "topicId");
        Objects.requireNonNull(log, "log");
        if (partition < 0 || epoch < 0 || rows < 0) {
            throw new IllegalArgumentException(
                    "negative partition, epoch or rows: " + partition + ", " + epoch + ", " + rows);
        }
    }

    /** State of a shard before its first entry. */
    public static ShardState first(ShardFacts facts) {
        return new ShardState(
                RaftPosition.NONE,
                facts.collection().getId(),
                facts.topicId(),
                facts.partition(),
                new LogPlace(0, 0),
                facts.firstEpoch(),
                0);
    }

    /** Everything of the partition below is applied. */
    public long position() {
        return log.position();
    }

    /** Whether this is a state of the shard with these facts. */
    boolean belongsTo(ShardFacts facts) {
        return collectionId.equals(facts.collection().getId())
                && topicId.equals(facts.topicId())
                && partition == facts.partition();
    }

    ShardState at(RaftPosition newApplied) {
        return new ShardState(newApplied, collectionId, topicId, partition, log, epoch, rows);
    }

    ShardState withEpoch(long newEpoch) {
        return new ShardState(applied, collectionId, topicId, partition, log, newEpoch, rows);
    }

    ShardState moved(LogPlace newLog, long newRows) {
        return new ShardState(applied, collectionId, topicId, partition, newLog, epoch, newRows);
    }
}
