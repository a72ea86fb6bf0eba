package io.vectron.worker.shard;

import io.vectron.proto.log.v1.Halt;
import io.vectron.replication.RaftPosition;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
 * @param halt why nothing more of the log is applied, for good; null while batches are
 */
public record ShardState(
        RaftPosition applied,
        String collectionId,
        String topicId,
        int partition,
        LogPlace log,
        long epoch,
        long rows,
        @Nullable Halt halt) {

    /**
     * Place in the partition. Times are milliseconds since 1970 by the clock of the leader then.
     *
     * @param position everything below is applied
     * @param leaderEpoch Kafka's leader epoch of the last record before it; -1 if not known
     * @param caughtUpAtMs when the shard was last at the end of the partition; 0 if never
     * @param begunAtMs when the first batch was applied; 0 if none was
     */
    public record LogPlace(long position, int leaderEpoch, long caughtUpAtMs, long begunAtMs) {
        /** Of a log whose records have an epoch that is not known. */
        public static final int NO_EPOCH = -1;

        public LogPlace {
            if (position < 0 || caughtUpAtMs < 0 || begunAtMs < 0 || leaderEpoch < NO_EPOCH) {
                throw new IllegalArgumentException(
                        "negative position, epoch or time: "
                                + position
                                + ", "
                                + leaderEpoch
                                + ", "
                                + caughtUpAtMs
                                + ", "
                                + begunAtMs);
            }
        }

        /** A place before the first batch. */
        static LogPlace first(long position) {
            return new LogPlace(position, NO_EPOCH, 0, 0);
        }

        /**
         * A moment whose log is known in full: a deletion that the log has forgotten since then is
         * the earliest one that the shard can have missed. Who begins from nothing knows as much as
         * who was at the end. 0 if there is none.
         */
        public long completeAtMs() {
            return Math.max(caughtUpAtMs, begunAtMs);
        }

        LogPlace caughtUp(long atMs) {
            return new LogPlace(position, leaderEpoch, Math.max(caughtUpAtMs, atMs), begunAtMs);
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
                LogPlace.first(facts.firstPosition()),
                facts.firstEpoch(),
                0,
                null);
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
        return new ShardState(newApplied, collectionId, topicId, partition, log, epoch, rows, halt);
    }

    ShardState withEpoch(long newEpoch) {
        return new ShardState(applied, collectionId, topicId, partition, log, newEpoch, rows, halt);
    }

    ShardState moved(LogPlace newLog, long newRows) {
        return new ShardState(
                applied, collectionId, topicId, partition, newLog, epoch, newRows, halt);
    }

    ShardState halted(Halt why) {
        return new ShardState(applied, collectionId, topicId, partition, log, epoch, rows, why);
    }
}
