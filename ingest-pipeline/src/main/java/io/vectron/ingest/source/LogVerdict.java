package io.vectron.ingest.source;

import io.vectron.ingest.lane.LaneRecord;
import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.HaltReason;
import org.jspecify.annotations.Nullable;

/**
 * Whether a shard may go on with its log. Pure: the rules, and nothing else.
 *
 * <ul>
 *   <li>The topic is another one under the same name: its offsets mean other records.
 *   <li>The log begins after the shard's position: records were deleted before they were applied.
 *       Compaction alone leaves the beginning where it is.
 *   <li>A reader could not go on at the shard's position, or below it: what was applied was lost,
 *       or cut off and written anew. What a reader had read ahead of the shard and has been lost
 *       since is no contradiction, since nobody has applied it: it is read again.
 *   <li>The tombstone horizon: the log forgets a deletion some time after it was written. Who is
 *       not at the end of the log, and was not since a moment that is longer ago than that, may
 *       have missed one.
 * </ul>
 */
final class LogVerdict {
    private LogVerdict() {}

    /** Share of the time that deletions are remembered, kept for clocks that differ: a tenth. */
    private static final int MARGIN = 10;

    /**
     * Why the shard must stop; null if it may go on.
     *
     * @param place told before {@code look} was taken
     * @param cut what a reader met; null if none met anything
     */
    static @Nullable Halt of(ShardPlace place, LogLook look, @Nullable LogWasCut cut) {
        long position = place.position();
        if (!look.topicId().equals(place.topicId())) {
            return halt(HaltReason.HALT_REASON_OTHER_TOPIC, place, look, -1);
        }
        if (position < look.start()) {
            return halt(HaltReason.HALT_REASON_BELOW_START, place, look, -1);
        }
        if (cut != null && concerns(cut, position)) {
            HaltReason reason =
                    position > look.end()
                            ? HaltReason.HALT_REASON_BEYOND_END
                            : HaltReason.HALT_REASON_OTHER_EPOCH;
            return halt(reason, place, look, cut.epochEnd());
        }
        return isOutdated(place, look)
                ? halt(HaltReason.HALT_REASON_OUTDATED, place, look, -1)
                : null;
    }

    private static boolean concerns(LogWasCut cut, long position) {
        return position >= cut.position() || (cut.epochEnd() >= 0 && position > cut.epochEnd());
    }

    private static boolean isOutdated(ShardPlace place, LogLook look) {
        return look.rememberedMs() != LogLook.FOR_EVER
                && place.position() < look.end()
                && place.position() > place.firstPosition()
                && place.toldAtMs() - place.completeAtMs() > horizonMs(look.rememberedMs());
    }

    /** For how long a shard may be away from the end of a log that remembers deletions so long. */
    static long horizonMs(long rememberedMs) {
        return rememberedMs - rememberedMs / MARGIN;
    }

    private static Halt halt(HaltReason reason, ShardPlace place, LogLook look, long epochEnd) {
        Halt.Builder halt =
                Halt.newBuilder()
                        .setReason(reason)
                        .setPosition(place.position())
                        .setLogStart(look.start())
                        .setLogEnd(look.end())
                        .setEpochEnd(epochEnd)
                        .setFoundTopicId(look.topicId())
                        .setCompleteAtMs(place.completeAtMs())
                        .setRememberedMs(look.rememberedMs());
        if (place.leaderEpoch() != LaneRecord.NO_EPOCH) {
            halt.setLeaderEpoch(place.leaderEpoch());
        }
        return halt.build();
    }
}
