package io.vectron.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void showsShareRateAndRemainingTime() {
        assertThat(Progress.render("loading", 3_000, 12_000, 450))
                .isEqualTo("loading [######..................] 3,000 of 12,000  450/s  20 s left");
    }

    @Test
    void promisesNoTimeWithoutARate() {
        assertThat(Progress.render("loading", 0, 10, 0))
                .isEqualTo("loading [........................] 0 of 10  0/s");
    }

    @Test
    void nothingToDoIsDone() {
        assertThat(Progress.render("loading", 0, 0, 0)).contains("[########################]");
    }
}
