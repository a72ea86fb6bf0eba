package io.vectron.standalone.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.standalone.history.ModelSystem.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The checker over histories of a model: nothing is found without a bug, and every planted bug. */
class CheckerModelTest {
    private static final int CLEAN_SEEDS = Integer.getInteger("vectron.test.seeds", 2_000);
    private static final int SEEDS = 200;

    /** What must be among the violations, in words of what went wrong. */
    private static final Map<Bug, Class<? extends Violation>> SHOWS =
            Map.ofEntries(
                    Map.entry(Bug.EARLY_WATERMARK, Violation.Missing.class),
                    Map.entry(Bug.DROPPED_DEDUPLICATION, Violation.Overtaken.class),
                    Map.entry(Bug.IGNORED_EPOCH, Violation.Invented.class),
                    Map.entry(Bug.ROWS_NOT_SYNCED, Violation.Missing.class),
                    Map.entry(Bug.LOG_NOT_SYNCED, Violation.LostFromLog.class),
                    Map.entry(Bug.DELETED_ROW, Violation.Missing.class),
                    Map.entry(Bug.RISEN_ROW, Violation.Risen.class),
                    Map.entry(Bug.OLD_STATE, Violation.WentBack.class),
                    Map.entry(Bug.IGNORED_TOKEN, Violation.BelowToken.class),
                    Map.entry(Bug.OPTIMISTIC_FRESHNESS, Violation.NotSoFresh.class),
                    Map.entry(Bug.REPEATED_APPEND, Violation.WrittenTwice.class));

    @Test
    void aSystemWithoutBugsIsClean() {
        for (long seed = 0; seed < CLEAN_SEEDS; seed++) {
            Outcome outcome = ModelSystem.run(Bug.NONE, seed);
            Verdict verdict = Checker.check(outcome.history(), outcome.log());
            assertThat(verdict.lines()).as("seed " + seed).isEmpty();
            assertThat(verdict.answers()).isPositive();
        }
    }

    @TestFactory
    Stream<DynamicTest> aPlantedBugIsFound() {
        return Stream.of(Bug.values())
                .filter(bug -> bug != Bug.NONE)
                .map(bug -> DynamicTest.dynamicTest(bug.toString(), () -> find(bug)));
    }

    private static void find(Bug bug) {
        Set<String> shown = new TreeSet<>();
        List<Long> missed = new ArrayList<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            Outcome outcome = ModelSystem.run(bug, seed);
            Verdict verdict = Checker.check(outcome.history(), outcome.log());
            if (verdict.clean()) {
                missed.add(seed);
            }
            verdict.violations().forEach(it -> shown.add(it.getClass().getSimpleName()));
        }
        // A bug need not strike in every run.
        assertThat(missed).as("clean in spite of the bug").hasSizeLessThan(SEEDS * 3 / 4);
        assertThat(shown).contains(Objects.requireNonNull(SHOWS.get(bug)).getSimpleName());
    }
}
