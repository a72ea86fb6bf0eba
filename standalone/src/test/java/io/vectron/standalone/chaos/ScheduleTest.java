package io.vectron.standalone.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final List<FaultKind> ALL = List.of(FaultKind.values());

    @Test
    void aSeedGivesTheSameFaultsWhateverTheOrderOfKinds() {
        assertThat(faults(7, ALL)).isEqualTo(faults(7, ALL.reversed()));
        assertThat(faults(7, ALL)).isNotEqualTo(faults(8, ALL));
    }

    @Test
    void everyKindComesOnceInEachRound() {
        Schedule schedule = new Schedule(3, ALL);
        for (int round = 0; round < 5; round++) {
            List<FaultKind> dealt = new ArrayList<>();
            for (int i = 0; i < ALL.size(); i++) {
                dealt.add(schedule.next().kind());
            }
            assertThat(dealt).containsExactlyInAnyOrderElementsOf(ALL);
        }
    }

    @Test
    void noFaultsAreRefused() {
        assertThatThrownBy(() -> new Schedule(1, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Fault(FaultKind.CUT, Duration.ofMillis(-1), 0, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void kindsHaveNames() {
        for (FaultKind kind : FaultKind.values()) {
            assertThat(FaultKind.named(kind.toString())).containsExactly(kind);
        }
        assertThat(FaultKind.KILL_LEADER).hasToString("kill-leader");
        assertThat(FaultKind.named("stop"))
                .containsExactly(FaultKind.STOP_5, FaultKind.STOP_20, FaultKind.STOP_70);
        assertThatThrownBy(() -> FaultKind.named("flood"))
                .hasMessageContaining("flood")
                .hasMessageContaining("kill-leader");
    }

    private static List<Fault> faults(long seed, List<FaultKind> kinds) {
        Schedule schedule = new Schedule(seed, kinds);
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            faults.add(schedule.next());
        }
        return faults;
    }
}
