package io.vectron.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.CaughtUp;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CatchingUpTest {
    private static final long T0 = 1_700_000_000_000L;
    private static final long REMEMBERED = Duration.ofDays(7).toMillis();
    private static final long TEN_MINUTES = Duration.ofMinutes(10).toMillis();

    private final CatchingUp catchingUp = new CatchingUp();

    @Test
    void aShardAtTheEndWritesItDownOnceInTenMinutes() {
        assertThat(seen(9, 9, TEN_MINUTES - 1)).isNull();
        assertThat(seen(9, 9, TEN_MINUTES)).isEqualTo(caughtUp(9, TEN_MINUTES));
    }

    @Test
    void aLogThatForgetsSoonIsToldMoreOften() {
        LogLook look = new LogLook("topic", 0, 9, 20_000);
        assertThat(catchingUp.seen(place(9, 999), look)).isNull();
        assertThat(catchingUp.seen(place(9, 1_000), look)).isEqualTo(caughtUp(9, 1_000));
    }

    @Test
    void whoIsNeverAtTheEndKnowsWhatWasThereAsSoonAsItHasPassedIt() {
        long at = 2 * TEN_MINUTES;
        assertThat(seen(5, 9, at)).as("marks 9").isNull();
        assertThat(seen(8, 14, at + 10)).as("not there yet").isNull();
        assertThat(seen(10, 16, at + 20)).isEqualTo(caughtUp(9, at));
        assertThat(seen(15, 19, at + 30)).as("marked 16").isNull();
        assertThat(seen(16, 30, at + 40)).isEqualTo(caughtUp(16, at + 20));
    }

    @Test
    void aLogThatForgetsNothingIsNotToldOf() {
        assertThat(
                        catchingUp.seen(
                                place(9, 10 * REMEMBERED),
                                new LogLook("topic", 0, 9, LogLook.FOR_EVER)))
                .isNull();
    }

    private @Nullable CaughtUp seen(long position, long end, long afterMs) {
        return catchingUp.seen(place(position, afterMs), new LogLook("topic", 0, end, REMEMBERED));
    }

    /** A shard that was last at the end at T0. */
    private static ShardPlace place(long position, long afterMs) {
        return new ShardPlace("topic", position, -1, T0, T0 + afterMs, 0);
    }

    private static CaughtUp caughtUp(long position, long afterMs) {
        return CaughtUp.newBuilder().setPosition(position).setAtMs(T0 + afterMs).build();
    }
}
