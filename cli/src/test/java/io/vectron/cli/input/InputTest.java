package io.vectron.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    @Test
    void readsDurations() {
        assertThat(Durations.parse("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(Durations.parse("30s")).isEqualTo(Duration.ofSeconds(30));
        assertThat(Durations.parse("5m")).isEqualTo(Duration.ofMinutes(5));
        assertThat(Durations.parse("2h")).isEqualTo(Duration.ofHours(2));
        assertThat(Durations.parse("7d")).isEqualTo(Duration.ofDays(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-5s", "5 s", "1.5s", "9999999999s", "5y"})
    void refusesOtherDurations(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).hasMessageContaining("no duration");
    }

    @Test
    void readsTimesAndTimesAgo() {
        assertThat(Durations.moment("15m", NOW)).isEqualTo("2026-01-31T11:45:00Z");
        assertThat(Durations.moment("2026-01-31T13:00:00+01:00", NOW)).isEqualTo(NOW);
        assertThatThrownBy(() -> Durations.moment("yesterday", NOW))
                .hasMessageContaining("'yesterday' is no time");
    }

    @Test
    void readsVectors() {
        assertThat(VectorText.parse("1, -2.5,3e-1").getValuesList())
                .containsExactly(1f, -2.5f, 0.3f);
        assertThat(VectorText.parse(" [1,2] ").getValuesList()).containsExactly(1f, 2f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1,,2", "1,x", "NaN", "1e99", "[1"})
    void refusesOtherVectors(String text) {
        assertThatThrownBy(() -> VectorText.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
