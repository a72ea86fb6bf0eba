package io.vectron.gateway.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndRingTest {

    private final EndRing ring = new EndRing(16);

    @Test
    void knowsNothingBeforeTheFirstLook() {
        assertThat(ring.coveredBy(100)).isNull();
        assertThat(ring.last()).isEqualTo(-1);
    }

    @Test
    void tellsTheLatestTimeWhoseEndIsCovered() {
        ring.add(at(1), 10);
        ring.add(at(2), 20);
        ring.add(at(3), 30);

        assertThat(ring.coveredBy(9)).isNull();
        assertThat(ring.coveredBy(10)).isEqualTo(at(1));
        assertThat(ring.coveredBy(29)).isEqualTo(at(2));
        assertThat(ring.coveredBy(30)).isEqualTo(at(3));
        assertThat(ring.coveredBy(99)).isEqualTo(at(3));
        assertThat(ring.last()).isEqualTo(30);
    }

    @Test
    void anIdleLogStaysFreshInOnePlace() {
        for (int i = 1; i <= 1_000; i++) {
            ring.add(at(i), 7);
        }
        assertThat(ring.size()).isEqualTo(1);
        assertThat(ring.coveredBy(7)).isEqualTo(at(1_000));
    }

    @Test
    void ignoresALookThatWasOvertaken() {
        ring.add(at(2), 20);
        ring.add(at(1), 10);
        assertThat(ring.coveredBy(10)).isNull();
        assertThat(ring.last()).isEqualTo(20);
    }

    @Test
    void forgetsEndsThatTheLogHasLost() {
        ring.add(at(1), 10);
        ring.add(at(2), 20);
        ring.add(at(3), 15);
        assertThat(ring.coveredBy(14)).isEqualTo(at(1));
        assertThat(ring.coveredBy(15)).isEqualTo(at(3));
        assertThat(ring.last()).isEqualTo(15);
    }

    @Test
    void staysBoundedAndKeepsAnAnswerForALaggard() {
        for (int i = 1; i <= 100_000; i++) {
            ring.add(at(i), i);
            assertThat(ring.size()).isLessThanOrEqualTo(16);
        }
        assertThat(ring.coveredBy(1)).as("the oldest look is kept").isEqualTo(at(1));
        assertThat(ring.coveredBy(100_000)).isEqualTo(at(100_000));
    }

    @Test
    void refusesToBeTooSmall() {
        assertThatThrownBy(() -> new EndRing(7)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Against all looks ever made: never a later time than they allow, and never a wrong one. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void neverSaysMoreThanWasSeen(long seed) {
        Random random = new Random(seed);
        List<long[]> looks = new ArrayList<>();
        long end = 0;
        for (int time = 1; time <= 500; time++) {
            end += random.nextInt(3);
            ring.add(at(time), end);
            looks.add(new long[] {time, end});
            long position = random.nextLong(end + 2);
            long latest = 0;
            for (long[] look : looks) {
                latest = look[1] <= position ? look[0] : latest;
            }
            Moment told = ring.coveredBy(position);
            assertThat(nanos(told)).isLessThanOrEqualTo(latest);
            if (position >= end) {
                assertThat(nanos(told)).as("an up-to-date replica").isEqualTo(time);
            }
        }
    }

    private static long nanos(@Nullable Moment moment) {
        return moment == null ? 0 : moment.nanos();
    }

    static Moment at(long time) {
        return new Moment(time, Instant.ofEpochSecond(time));
    }
}
