package io.vectron.ingest.source;

import io.vectron.ingest.lane.LaneRecord;
import io.vectron.proto.worker.v1.LogStanding;
import io.vectron.proto.worker.v1.PositionResponse;

/**
 * Where a shard stands in its log, by its leader's word. Times are milliseconds since 1970 by the
 * leader's clock.
 *
 * @param topicId Kafka's id of the topic it follows
 * @param position everything below is applied
 * @param leaderEpoch Kafka's leader epoch of the last record before it, {@link
 *     LaneRecord#NO_EPOCH} if not known
 * @param completeAtMs when it was last known to be at the end of the log, or began from nothing; 0
 *     if never
 * @param toldAtMs when it said so
 * @param firstPosition position it began with
 */
record ShardPlace(
        String topicId,
        long position,
        int leaderEpoch,
        long completeAtMs,
        long toldAtMs,
        long firstPosition) {

    /** As the leader answered. */
    static ShardPlace of(PositionResponse answer) {
        LogStanding standing = answer.getStanding();
        return new ShardPlace(
                answer.getTopicId(),
                answer.getApplied().getPosition(),
                standing.hasLeaderEpoch() ? standing.getLeaderEpoch() : LaneRecord.NO_EPOCH,
                standing.getCompleteAtMs(),
                standing.getToldAtMs(),
                standing.getFirstPosition());
    }
}
