package io.vectron.ingest.source;

import io.vectron.proto.log.v1.CaughtUp;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Since when a shard knows all of its log, as looks at both tell, and when the shard is to write
 * that down. A shard that is never quite at the end, since more is written all the time, knows all
 * that was there at a moment as soon as it has passed the end of then: so a mark is kept until the
 * shard has passed it.
 *
 * <p>Single owner: the enumerator's coordinator thread.
 */
final class CatchingUp {
    /** A shard writes down no more often than that: a small part of what it may be away for. */
    private static final Duration MOST_OFTEN = Duration.ofMinutes(10);

    private static final int PART = 20;

    private @Nullable CaughtUp mark;

    /**
     * Shard and log were looked at.
     *
     * @param place told before {@code look} was taken
     * @return what the shard is to write down; null if nothing
     */
    @Nullable CaughtUp seen(ShardPlace place, LogLook look) {
        if (look.rememberedMs() == LogLook.FOR_EVER) {
            mark = null;
            return null;
        }
        CaughtUp now =
                CaughtUp.newBuilder()
                        .setPosition(look.end())
                        .setAtMs(Math.max(0, place.toldAtMs()))
                        .build();
        CaughtUp before = mark;
        CaughtUp passed;
        if (place.position() >= look.end()) {
            mark = null;
            passed = now;
        } else if (before != null && place.position() >= before.getPosition()) {
            mark = now;
            passed = before;
        } else {
            mark = before == null ? now : before;
            return null;
        }
        return passed.getAtMs() - place.completeAtMs() >= pauseMs(look) ? passed : null;
    }

    private static long pauseMs(LogLook look) {
        return Math.min(MOST_OFTEN.toMillis(), look.rememberedMs() / PART);
    }
}
