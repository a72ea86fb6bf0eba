package io.vectron.index.sealed;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.index.Lincheck;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Rows of a sealed segment die while searches look, in every interleaving of a few steps. */
class DeathsLincheckTest {

    @Test
    void aSearchSeesTheDeathsBelowItsPositionAndNoOthers() {
        Lincheck.options().check(Segment.class);
    }

    @Test
    void aDeathMarkedAfterThePublicationIsFound() {
        ModelCheckingOptions options = Lincheck.options();
        assertThatThrownBy(() -> options.check(MarkedTooLate.class))
                .hasMessageContaining("Invalid execution results");
    }

    /** Rows in three of the lazily made chunks. */
    @Param(name = "chunk", gen = IntGen.class, conf = "0:2")
    public static class Segment {

        private static final int CHUNK = 1_024;

        final Deaths deaths = new Deaths(3 * CHUNK);
        volatile long position;

        @Operation(nonParallelGroup = "applier")
        public void delete(@Param(name = "chunk") int chunk) {
            long offset = position;
            deaths.mark(chunk * CHUNK, offset);
            position = offset + 1;
        }

        @Operation
        public String search() {
            long w = position;
            StringBuilder text = new StringBuilder().append(w).append(':');
            for (int row = 0; row < 3 * CHUNK; row += CHUNK) {
                text.append(deaths.visible(row, w) ? '+' : '-');
            }
            return text.toString();
        }
    }

    /** A search sees a row that is dead at its position. */
    public static class MarkedTooLate extends Segment {
        @Override
        @Operation(nonParallelGroup = "applier")
        public void delete(@Param(name = "chunk") int chunk) {
            long offset = position;
            position = offset + 1;
            deaths.mark(chunk * 1_024, offset);
        }
    }
}
