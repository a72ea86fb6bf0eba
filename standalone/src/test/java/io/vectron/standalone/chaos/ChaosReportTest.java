package io.vectron.standalone.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.standalone.history.Change;
import io.vectron.standalone.history.LogRecord;
import io.vectron.standalone.history.Verdict;
import io.vectron.standalone.history.Violation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChaosReportTest {
    private static final Tally.Figures CALM = new Tally.Figures(0, 0, 0, List.of(), List.of());
    private static final Verdict CLEAN = new Verdict(List.of(), 0, 10);
    private static final Verdict BAD =
            new Verdict(
                    List.of(
                            new Violation.NobodysRecord(
                                    new LogRecord(0, 1, "key", new Change.Put(2)))),
                    1,
                    10);

    @Test
    void tellsFiguresByFault() {
        Tally tally = new Tally();
        tally.begun();
        tally.failedRead();
        tally.recovered(Duration.ofMillis(1_500), Duration.ofMillis(9_000));
        Outcome outcome =
                outcome(CLEAN, null, null, Map.of(FaultKind.KILL_LEADER, tally.figures()));
        assertThat(outcome.good()).isTrue();
        ChaosReport report = new ChaosReport(outcome, "again", Map.of(FaultKind.CUT, "no root"));
        assertThat(report.lines())
                .anyMatch(line -> line.matches("kill-leader +1 +1 +0 +1\\.5 s +1\\.5 s.*9\\.0 s"))
                .contains("left out: cut: no root", "again: again", "violations: none");
        assertThat(report.json())
                .contains("\"good\":true", "\"visible_ms_p50\":1500", "\"cut\":\"no root\"");
    }

    @Test
    void tellsWhatWasViolatedAndWhereItIsKept() {
        Outcome outcome = outcome(BAD, Path.of("kept"), null, Map.of());
        assertThat(outcome.good()).isFalse();
        ChaosReport report = new ChaosReport(outcome, "again", Map.of());
        assertThat(report.lines())
                .contains("violations: 1", "history: kept")
                .anyMatch(line -> line.startsWith("NobodysRecord: nobody wrote record 0/1"));
        assertThat(report.json()).contains("\"good\":false", "\"history\":\"kept\"");
    }

    @Test
    void aClusterThatDidNotComeBackIsNotGood() {
        Outcome outcome = outcome(CLEAN, null, "shard 1 has 2 of 3 members", Map.of());
        assertThat(outcome.good()).isFalse();
        assertThat(new ChaosReport(outcome, "again", Map.of()).lines())
                .contains("the cluster did not come back: shard 1 has 2 of 3 members");
    }

    @Test
    void percentilesAreNearestRanks() {
        List<Duration> times = IntStream.rangeClosed(1, 100).mapToObj(Duration::ofMillis).toList();
        assertThat(ChaosReport.percentile(times, 0.5)).isEqualTo(Duration.ofMillis(50));
        assertThat(ChaosReport.percentile(times, 0.99)).isEqualTo(Duration.ofMillis(99));
        assertThat(ChaosReport.percentile(times.subList(0, 1), 0.99))
                .isEqualTo(Duration.ofMillis(1));
    }

    private static Outcome outcome(
            Verdict verdict,
            @Nullable Path history,
            @Nullable String trouble,
            Map<FaultKind, Tally.Figures> tallies) {
        return new Outcome(
                1,
                2,
                3,
                verdict.answers(),
                verdict.total(),
                verdict,
                history,
                trouble,
                tallies,
                CALM);
    }
}
