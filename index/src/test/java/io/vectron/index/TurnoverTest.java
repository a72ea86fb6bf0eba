package io.vectron.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.index.merge.MergePolicy;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every row is replaced ten times: the space comes back, and what is there is found as before. */
class TurnoverTest {

    private static final int IDS = 2_000;
    private static final int DIMENSION = 16;
    private static final int TURNOVERS = 10;
    private static final int SAMPLED = 100;

    /** Entries and tables that a segment has however few its rows. */
    private static final long SEGMENT_BYTES = 16 << 10;

    @TempDir Path folder;

    @Test
    void spaceAndRecallAreTheSameAfterTenTurnovers() {
        IndexSpec spec =
                new IndexSpec(
                                DIMENSION,
                                Metric.COSINE,
                                new IndexLimits(500, 1L << 24, 2, 100, 0, 1_000))
                        .with(new MergePolicy(3, 500, 1 << 20, 0.25));
        OwnerModel owner = new OwnerModel();
        Random random = new Random(17);
        try (BuilderPool pool = new BuilderPool(1);
                VectorIndex index = Indexes.open(spec, folder, owner, pool, 50)) {
            write(index, owner, random, 0);
            double before = index.report(SAMPLED, () -> true).recall();
            long bytes = index.stats().sealed().bytes();
            for (int turn = 1; turn <= TURNOVERS; turn++) {
                write(index, owner, random, turn);
                IndexStats stats = index.stats();
                assertThat(stats.live()).isEqualTo(IDS);
                assertThat(stats.rows()).isLessThanOrEqualTo(2 * IDS);
                assertThat(stats.sealed().bytes())
                        .isLessThanOrEqualTo(2 * bytes + SEGMENT_BYTES * stats.sealed().segments());
            }
            assertThat(index.stats().sealed().merges()).isGreaterThan(TURNOVERS);
            assertThat(before).isGreaterThan(0.95);
            assertThat(index.report(SAMPLED, () -> true).recall()).isGreaterThan(before - 0.02);
            // Neither the rows nor the deaths of ten turnovers pile up at the owner's.
            assertThat(owner.kept()).isLessThanOrEqualTo(2 * IDS);
        }
    }

    private static void write(VectorIndex index, OwnerModel owner, Random random, int turn) {
        long first = (long) turn * IDS;
        for (int i = 0; i < IDS; i++) {
            float[] point = new float[DIMENSION];
            for (int j = 0; j < DIMENSION; j++) {
                point[j] = (float) random.nextGaussian();
            }
            // In another order each time, so that deaths are spread over the segments.
            int id = (int) ((i * 7L + turn * 13L) % IDS);
            owner.upsert(index, "p" + id, first + i, point);
            if (i % 100 == 99) {
                owner.publish(index, first + i + 1);
                Await.until("admitted", () -> index.admission(100) == Admission.ADMITTED);
            }
        }
        index.cut();
        owner.publish(index, first + IDS);
        Await.until(
                "at rest",
                () ->
                        index.stats().frozen() == 0
                                && index.report(0, () -> true).task().isEmpty()
                                && index.stats().dead() <= index.stats().rows() / 2);
    }
}
