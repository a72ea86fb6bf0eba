package io.vectron.ingest.sink;

import com.google.protobuf.ByteString;
import io.vectron.ingest.lane.Reply;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.FoundPoint;
import io.vectron.proto.worker.v1.GetRequest;
import io.vectron.proto.worker.v1.GetResponse;
import io.vectron.proto.worker.v1.PositionResponse;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaUnavailable;
import io.vectron.proto.worker.v1.ShardGet;
import io.vectron.proto.worker.v1.ShardPoints;
import io.vectron.proto.worker.v1.ShardRead;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What workers answer, in the words of a lane. */
final class Replies {
    private Replies() {}

    static Reply of(ApplyBatchResponse answer) {
        return switch (answer.getOutcomeCase()) {
            case APPLIED -> new Reply.Applied(answer.getApplied().getPosition());
            case NOT_LEADER -> new Reply.NotLeader();
            case STALE_EPOCH -> new Reply.StaleEpoch(answer.getStaleEpoch().getCurrent());
            case GAP -> new Reply.Gap(answer.getGap().getExpected());
            case WRONG_TOPIC -> new Reply.WrongTopic(answer.getWrongTopic().getExpectedTopicId());
            case UNKNOWN_SHARD -> new Reply.UnknownShard();
            case OVERLOADED ->
                    new Reply.Overloaded(
                            Integer.toUnsignedLong(answer.getOverloaded().getRetryAfterMs()),
                            answer.getOverloaded().getReason());
            case INVALID -> new Reply.Invalid(answer.getInvalid().getMessage());
            case UNAVAILABLE -> unavailable(answer.getUnavailable());
            case UNDECIDED ->
                    new Reply.Unavailable("undecided: " + answer.getUndecided().getReason());
            case OUTCOME_NOT_SET -> new Reply.Unavailable("an empty answer");
        };
    }

    /** Where the shard stands, or that it follows another topic than {@code topicId}. */
    static Reply of(PositionResponse answer, String topicId) {
        return switch (answer.getOutcomeCase()) {
            case APPLIED ->
                    answer.getTopicId().equals(topicId)
                            ? new Reply.Applied(answer.getApplied().getPosition())
                            : new Reply.WrongTopic(answer.getTopicId());
            case NOT_LEADER -> new Reply.NotLeader();
            case UNKNOWN_SHARD -> new Reply.UnknownShard();
            case UNAVAILABLE -> unavailable(answer.getUnavailable());
            case OUTCOME_NOT_SET -> new Reply.Unavailable("an empty answer");
        };
    }

    /** Asks for the points of these ids as of {@code position} or later. */
    static GetRequest lookUp(String group, long position, List<ByteString> ids) {
        ShardGet.Builder get =
                ShardGet.newBuilder()
                        .setShard(ShardRead.newBuilder().setGroup(group).setMinPosition(position));
        ids.forEach(id -> get.addIds(id.toStringUtf8()));
        return GetRequest.newBuilder().addShards(get).setWithoutVectors(true).build();
    }

    static Reply of(GetResponse answer) {
        if (answer.getShardsCount() != 1) {
            return new Reply.Unavailable(answer.getShardsCount() + " shards answered, not one");
        }
        ShardPoints points = answer.getShards(0);
        return switch (points.getOutcomeCase()) {
            case STATE -> {
                Map<ByteString, Long> versions = new HashMap<>();
                for (FoundPoint point : points.getPointsList()) {
                    versions.put(point.getIdBytes(), point.getVersion());
                }
                yield new Reply.Versions(versions);
            }
            // Nothing is in flight, so the shard cannot catch up: it has lost what it had.
            case NOT_FRESH -> new Reply.Gap(points.getNotFresh().getPosition());
            case UNKNOWN_SHARD -> new Reply.UnknownShard();
            case UNAVAILABLE -> unavailable(points.getUnavailable());
            case OUTCOME_NOT_SET -> new Reply.Unavailable("an empty answer");
        };
    }

    private static Reply unavailable(ReplicaUnavailable answer) {
        ReplicaCondition condition = answer.getCondition();
        return switch (condition.getConditionCase()) {
            case LOG_DIVERGED, OUTDATED -> new Reply.Halted(condition.getDetail());
            case OPENING, JOINING, RUNNING, FAILED, QUARANTINED, CONDITION_NOT_SET ->
                    new Reply.Unavailable("the replica is " + condition.getConditionCase());
        };
    }
}
