package io.vectron.worker.replica;

import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.worker.v1.LogDiverged;
import io.vectron.proto.worker.v1.LogDivergence;
import io.vectron.proto.worker.v1.Outdated;
import io.vectron.proto.worker.v1.ReplicaCondition;
import java.time.Duration;
import java.time.Instant;

/** Condition of a replica whose shard takes nothing more from its log. */
final class LogConditions {
    private LogConditions() {}

    /**
     * The condition.
     *
     * @param topicId Kafka's id of the topic the shard follows
     */
    static ReplicaCondition of(Halt halt, String topicId) {
        ReplicaCondition.Builder condition =
                ReplicaCondition.newBuilder().setSinceMs(halt.getSinceMs());
        return switch (halt.getReason()) {
            case HALT_REASON_BEYOND_END ->
                    diverged(condition, halt, topicId, LogDivergence.LOG_DIVERGENCE_BEYOND_END);
            case HALT_REASON_BELOW_START ->
                    diverged(condition, halt, topicId, LogDivergence.LOG_DIVERGENCE_BELOW_START);
            case HALT_REASON_OTHER_EPOCH ->
                    diverged(condition, halt, topicId, LogDivergence.LOG_DIVERGENCE_OTHER_EPOCH);
            case HALT_REASON_OTHER_TOPIC ->
                    diverged(condition, halt, topicId, LogDivergence.LOG_DIVERGENCE_OTHER_TOPIC);
            case HALT_REASON_OUTDATED ->
                    condition
                            .setOutdated(
                                    Outdated.newBuilder()
                                            .setPosition(halt.getPosition())
                                            .setCaughtUpAtMs(halt.getCompleteAtMs())
                                            .setRememberedMs(halt.getRememberedMs()))
                            .setDetail(outdated(halt))
                            .build();
            case HALT_REASON_UNSPECIFIED, UNRECOGNIZED ->
                    diverged(condition, halt, topicId, LogDivergence.LOG_DIVERGENCE_UNSPECIFIED);
        };
    }

    private static ReplicaCondition diverged(
            ReplicaCondition.Builder condition,
            Halt halt,
            String topicId,
            LogDivergence divergence) {
        LogDiverged.Builder diverged =
                LogDiverged.newBuilder()
                        .setDivergence(divergence)
                        .setPosition(halt.getPosition())
                        .setLogStart(halt.getLogStart())
                        .setLogEnd(halt.getLogEnd())
                        .setExpectedTopicId(topicId)
                        .setFoundTopicId(halt.getFoundTopicId());
        if (halt.hasLeaderEpoch()) {
            diverged.setLeaderEpoch(halt.getLeaderEpoch());
        }
        if (halt.getEpochEnd() >= 0) {
            diverged.setEpochEnd(halt.getEpochEnd());
        }
        return condition.setLogDiverged(diverged).setDetail(text(halt, topicId)).build();
    }

    /** What was expected, and what was found. */
    private static String text(Halt halt, String topicId) {
        String applied = "LOG_DIVERGED: applied up to position " + halt.getPosition();
        String found = "the log holds " + halt.getLogStart() + " to " + halt.getLogEnd();
        return switch (halt.getReason()) {
            case HALT_REASON_BEYOND_END ->
                    applied + epoch(halt) + ", but " + found + ": its end was lost";
            case HALT_REASON_BELOW_START ->
                    applied + ", but " + found + ": records were deleted before they were applied";
            case HALT_REASON_OTHER_EPOCH ->
                    applied
                            + epoch(halt)
                            + (halt.getEpochEnd() < 0
                                    ? ", but the log was cut off before it"
                                    : ", but the log of that epoch ends at " + halt.getEpochEnd())
                            + " and was written anew; "
                            + found;
            case HALT_REASON_OTHER_TOPIC ->
                    applied
                            + " of topic "
                            + topicId
                            + ", but the topic of that name is "
                            + halt.getFoundTopicId()
                            + " now: it was deleted and made anew";
            case HALT_REASON_OUTDATED, HALT_REASON_UNSPECIFIED, UNRECOGNIZED ->
                    applied + ", and stopped for a reason that this release does not know";
        };
    }

    private static String epoch(Halt halt) {
        return halt.hasLeaderEpoch() ? " in leader epoch " + halt.getLeaderEpoch() : "";
    }

    private static String outdated(Halt halt) {
        String last =
                halt.getCompleteAtMs() == 0
                        ? "never known to be at the end of the log"
                        : "last at the end of the log at "
                                + Instant.ofEpochMilli(halt.getCompleteAtMs());
        return last
                + ", which remembers deletions for "
                + Duration.ofMillis(halt.getRememberedMs())
                + ": it is made anew";
    }
}
