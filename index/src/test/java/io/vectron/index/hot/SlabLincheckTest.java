package io.vectron.index.hot;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.index.IndexLimits;
import io.vectron.index.IndexSpec;
import io.vectron.index.Lincheck;
import io.vectron.index.Metric;
import io.vectron.index.vector.Scorer;
import java.util.HashMap;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Rows are appended and die while searches look, in every interleaving of a few steps: a search
 * that reads the position first and the number of rows afterwards, as {@link HotView} does, sees
 * the state at that position.
 */
class SlabLincheckTest {

    @Test
    void aSearchSeesTheStateAtItsPosition() {
        Lincheck.options().check(Rows.class);
    }

    @Test
    void aDeathMarkedAfterThePublicationIsFound() {
        // Only a search between two certain writes shows it.
        ModelCheckingOptions options =
                Lincheck.options().iterations(50).invocationsPerIteration(400);
        assertThatThrownBy(() -> options.check(MarkedTooLate.class))
                .hasMessageContaining("Invalid execution results");
    }

    @Test
    void aRowAppendedAfterThePublicationIsFound() {
        ModelCheckingOptions options = Lincheck.options();
        assertThatThrownBy(() -> options.check(AppendedTooLate.class))
                .hasMessageContaining("Invalid execution results");
    }

    @Test
    void aSearchThatCountsTheRowsFirstIsFound() {
        ModelCheckingOptions options = Lincheck.options();
        assertThatThrownBy(() -> options.check(CountedTooEarly.class))
                .hasMessageContaining("Invalid execution results");
    }

    /** Upserts and deletes of one point by one thread. */
    @Param(name = "id", gen = IntGen.class, conf = "1:1")
    public static class Rows {

        private static final IndexSpec SPEC =
                new IndexSpec(
                        1, Metric.EUCLIDEAN, new IndexLimits(64, 1L << 20, 2, 1_000, 0, 2_000));

        private final Slab slab = new Slab(SPEC, 3);
        private final Scorer scorer = new Scorer(Metric.EUCLIDEAN);
        private final Map<Integer, Integer> live = new HashMap<>(); // applier only
        volatile long position;

        @Operation(nonParallelGroup = "applier")
        public void upsert(@Param(name = "id") int id) {
            write(id, live.get(id));
        }

        @Operation(nonParallelGroup = "applier")
        public void delete(@Param(name = "id") int id) {
            Integer former = live.remove(id);
            if (former != null) {
                long at = position;
                slab.markDead(former, at);
                position = at + 1;
            }
        }

        void write(int id, @Nullable Integer former) {
            long at = position;
            append(id, at);
            mark(former, at);
            position = at + 1;
        }

        final void append(int id, long version) {
            live.put(id, slab.append("p" + id, version, new float[] {id}, scorer));
        }

        final void mark(@Nullable Integer row, long at) {
            if (row != null) {
                slab.markDead(row, at);
            }
        }

        @Operation
        public String search() {
            long w = position;
            return seen(w, slab.rows());
        }

        final int rows() {
            return slab.rows();
        }

        final String seen(long w, int rows) {
            StringBuilder text = new StringBuilder().append(w).append(':');
            for (int row = 0; row < rows; row++) {
                if (slab.visible(row, w)) {
                    text.append(' ').append(slab.id(row)).append('@').append(slab.born(row));
                    text.append('=').append(slab.vectors(row)[slab.vectorAt(row)]);
                }
            }
            return text.toString();
        }
    }

    /** Two versions of a point for a moment. */
    public static class MarkedTooLate extends Rows {
        @Override
        void write(int id, @Nullable Integer former) {
            long version = position;
            append(id, version);
            position = version + 1;
            mark(former, version);
        }
    }

    /** No version of a point for a moment. */
    public static class AppendedTooLate extends Rows {
        @Override
        void write(int id, @Nullable Integer former) {
            long version = position;
            mark(former, version);
            position = version + 1;
            append(id, version);
        }
    }

    /** Rows below the position are missed. */
    public static class CountedTooEarly extends Rows {
        @Override
        @Operation
        public String search() {
            int rows = rows();
            return seen(position, rows);
        }
    }
}
