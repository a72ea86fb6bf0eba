package io.vectron.index.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeathsTest {

    @Test
    void asksNothingOfASegmentWithoutDeaths() {
        Deaths deaths = new Deaths(5000);
        assertThat(deaths.any()).isFalse();
        assertThat(deaths.count()).isZero();
        assertThat(deaths.at(4999)).isEqualTo(Deaths.LIVE);
        assertThat(deaths.visible(4999, Long.MAX_VALUE)).isTrue();
    }

    @Test
    void aRowIsSeenUpToItsDeadPosition() {
        Deaths deaths = new Deaths(3);
        assertThat(deaths.mark(1, 10)).isTrue();
        assertThat(deaths.any()).isTrue();
        assertThat(deaths.visible(1, 10)).isTrue();
        assertThat(deaths.visible(1, 11)).isFalse();
        assertThat(deaths.visible(0, 11)).isTrue();
    }

    @Test
    void aStillbornRowIsSeenAtNoPositionAboveZero() {
        Deaths deaths = new Deaths(3);
        deaths.mark(2, 0);
        assertThat(deaths.visible(2, 1)).isFalse();
        assertThat(deaths.mark(2, 7)).isFalse();
        assertThat(deaths.at(2)).isZero();
    }

    @Test
    void replaysChangeNothing() {
        Deaths deaths = new Deaths(3);
        deaths.mark(0, 10);
        assertThat(deaths.mark(0, 10)).isFalse();
        assertThat(deaths.mark(0, 12)).isFalse();
        assertThat(deaths.at(0)).isEqualTo(10);
        assertThat(deaths.mark(0, 9)).isFalse();
        assertThat(deaths.at(0)).isEqualTo(9);
        assertThat(deaths.count()).isEqualTo(1);
    }

    @Test
    void agreesWithAnArray() {
        int rows = 3000; // not a multiple of a chunk
        Deaths deaths = new Deaths(rows);
        long[] model = new long[rows];
        Arrays.fill(model, Deaths.LIVE);
        Random random = new Random(3);
        for (int i = 0; i < 4000; i++) {
            int ordinal = random.nextInt(rows);
            long position = random.nextLong(1L << 40);
            assertThat(deaths.mark(ordinal, position)).isEqualTo(model[ordinal] == Deaths.LIVE);
            model[ordinal] = Math.min(model[ordinal], position);
        }
        for (int i = 0; i < rows; i++) {
            assertThat(deaths.at(i)).isEqualTo(model[i]);
        }
        assertThat(deaths.count())
                .isEqualTo((int) Arrays.stream(model).filter(p -> p != Deaths.LIVE).count());
    }

    @Test
    void refusesNonsense() {
        Deaths deaths = new Deaths(1025);
        assertThatThrownBy(() -> deaths.mark(1025, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> deaths.mark(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> deaths.mark(0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> deaths.mark(0, Deaths.LIVE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Deaths(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(deaths.any()).isFalse();
    }
}
