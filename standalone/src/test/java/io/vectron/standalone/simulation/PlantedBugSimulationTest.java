package io.vectron.standalone.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A simulation that finds nothing proves nothing: bugs are planted, and each must be caught. */
class PlantedBugSimulationTest {
    @ParameterizedTest
    @EnumSource(value = Bug.class, mode = Mode.EXCLUDE, names = "NONE")
    void isCaughtWithinItsSeeds(Bug bug) {
        Violation caught = null;
        for (long seed = 0; caught == null && seed < bug.seeds(); seed++) {
            caught = run(seed, bug);
        }
        assertThat(caught).as("%s within %d seeds", bug, bug.seeds()).isNotNull();
    }

    @Test
    void aFailureTellsHowItCameAbout() {
        assertThat(run(0, Bug.EARLY_WATERMARK))
                .isNotNull()
                .hasMessageContaining("seed 0 broke ANSWERS_EQUAL_THE_LOG")
                .hasMessageContaining("LEADER_ELECTED")
                .hasMessageContaining("-Dvectron.seed=0");
    }

    private static @Nullable Violation run(long seed, Bug bug) {
        try {
            new Simulation(seed, bug).run();
            return null;
        } catch (Violation found) {
            return found;
        }
    }
}
