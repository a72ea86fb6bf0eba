package io.vectron.index.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vectron.index.Metric;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.vector.Scorer;
import io.vectron.index.walk.Pool;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WalkTest {

    private static final int K = 10;

    static Stream<Arguments> all() {
        return Arrays.stream(Metric.values())
                .flatMap(metric ->
                        Stream.of(Arguments.of(metric, true), Arguments.of(metric, false)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void findsWhatBruteForceFinds(Metric metric, boolean fused) {
        try (Segment segment = Segment.clustered(metric, fused, 1_200, 48)) {
            assertThat(segment.recall(100, 1, 30)).isGreaterThan(0.97);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void findsWhatBruteForceFindsAmongLongVectors(Metric metric, boolean fused) {
        try (Segment segment = Segment.clustered(metric, fused, 1_200, 384)) {
            boolean byPart = !fused && metric != Metric.DOT;
            assertThat(segment.records.partial.bytes()).isEqualTo(byPart ? 128 : 384);
            assertThat(segment.recall(100, 1, 30)).isGreaterThan(0.97);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aNeighbourThatIsNoRowIsRefusedBeforeItIsAnAddress(Metric metric, boolean fused) {
        try (Segment segment = Segment.clustered(metric, fused, 300, 20)) {
            Records records = segment.records;
            for (long row = 0; row < 300; row++) {
                long at = row * records.stride + records.layout.neighboursAt();
                for (int slot = 0; slot < RecordLayout.DEGREE; slot++) {
                    records.memory.set(SegmentFormat.INT, at + 4L * slot, slot % 2 == 0 ? 300 : -1);
                }
            }
            float[] query = segment.scorer.prepared(segment.query(new Random(3)));
            assertThatThrownBy(() -> Walk.of(records.layout).search(records, query, 10, 50, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("of 300 rows");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void closedMemoryIsNotWalked(Metric metric, boolean fused) {
        Segment segment = Segment.clustered(metric, fused, 300, 20);
        float[] query = segment.scorer.prepared(segment.query(new Random(3)));
        segment.close();
        Walk walk = Walk.of(segment.records.layout);
        assertThatThrownBy(() -> walk.search(segment.records, query, 10, 50, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @ParameterizedTest
    @MethodSource("all")
    void keepingAllRowsItFindsAllAndOrdersThemByTheirFloats(Metric metric, boolean fused) {
        try (Segment segment = Segment.clustered(metric, fused, 300, 20)) {
            float[] query = segment.scorer.prepared(segment.query(new Random(3)));
            Walk walk = Walk.of(segment.records.layout);
            int count = walk.search(segment.records, query, 300, 300, 1);
            Set<Integer> seen = new HashSet<>();
            for (int i = 0; i < count; i++) {
                int ordinal = (int) walk.found()[i];
                seen.add(ordinal);
                float distance = segment.scorer.keyDistance(query, segment.rows.padded(ordinal), 0);
                // Lanes are added up in an order that the compiler chooses.
                assertThat(Scorer.unsortable((int) (walk.found()[i] >> 32)))
                        .isCloseTo(distance, within(1e-5f * (1 + Math.abs(distance))));
            }
            assertThat(Arrays.copyOf(walk.found(), count)).isSorted();
            assertThat(seen).hasSize(count);
            assertThat(count).isGreaterThanOrEqualTo(297); // a graph may leave a row out
            assertThat(walk.expanded()).isEqualTo(count);
            assertThat(walk.visited()).isEqualTo(count);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theDeadLeadTheWayAndAreNeverAnswered(Metric metric, boolean fused) {
        try (Segment segment = Segment.clustered(metric, fused, 1_200, 48)) {
            Random random = new Random(17);
            for (int row = 0; row < 1_200; row++) {
                int lot = random.nextInt(10);
                if (lot < 7) {
                    long death = lot < 3 ? 0 : lot < 5 ? 5 : 10;
                    segment.records.deaths.mark(row, death);
                }
            }
            // At 5 the rows that die at 5 are still seen, at 6 no more, at 11 none of those marked.
            for (long position : new long[] {5, 6, 11}) {
                assertThat(segment.recall(100, position, 30)).isGreaterThan(0.97);
            }
        }
    }

    @Test
    void whereAllAreDeadNothingIsFound() {
        try (Segment segment = Segment.clustered(Metric.EUCLIDEAN, true, 200, 8)) {
            for (int row = 0; row < 200; row++) {
                segment.records.deaths.mark(row, 3);
            }
            Walk walk = Walk.of(segment.records.layout);
            float[] query = segment.rows.padded(5);
            assertThat(walk.search(segment.records, query, 10, 10, 4)).isZero();
            assertThat(walk.search(segment.records, query, 10, 10, 3)).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void oneRowIsFound(Metric metric, boolean fused) {
        try (Segment segment = Segment.clustered(metric, fused, 1, 3)) {
            Walk walk = Walk.of(segment.records.layout);
            assertThat(walk.search(segment.records, segment.rows.padded(0), 10, 10, 1))
                    .isEqualTo(1);
            assertThat((int) walk.found()[0]).isZero();
        }
    }

    /** Distances of huge rows overflow as floats; codes do not, so their rows are still found. */
    @ParameterizedTest
    @MethodSource("all")
    void scaleDoesNotMatter(Metric metric, boolean fused) {
        for (float scale : new float[] {1e-18f, 1e18f}) {
            try (Segment segment = Segment.clustered(metric, fused, 1_000, 16, scale)) {
                assertThat(segment.recall(100, 1, 10)).isGreaterThan(0.95);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void readsNothingThatIsNotVerified(Metric metric, boolean fused) {
        try (Segment segment = Segment.clustered(metric, fused, 1_000, 48)) {
            Set<Long> verified = new HashSet<>();
            Set<Long> others = new HashSet<>();
            BlockGuard guard = Segment.guard(segment.records.memory, verified, true);
            BlockGuard floats = Segment.guard(segment.records.floats, others, true);
            Records guarded = segment.with(guard, floats);
            float[] query = segment.scorer.prepared(segment.query(new Random(3)));
            Walk walk = Walk.of(guarded.layout);
            int count = walk.search(guarded, query, 10, 20, 1);
            long[] found = Arrays.copyOf(walk.found(), count);
            assertThat(verified).isNotEmpty();
            for (long key : found) {
                long at = (key & Pool.ORDINAL) * guarded.stride;
                assertThat(verified)
                        .contains(
                                at / BlockGuard.BLOCK_BYTES,
                                (at + guarded.codeBytes - 1) / BlockGuard.BLOCK_BYTES);
            }
            for (long key : found) {
                long at = (key & Pool.ORDINAL) * guarded.floatsStride;
                assertThat(others).contains(at / BlockGuard.BLOCK_BYTES);
            }
            walk.search(segment.records, query, 10, 20, 1);
            assertThat(Arrays.copyOf(walk.found(), count)).isEqualTo(found);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aCorruptBlockFailsTheSearch(Metric metric, boolean fused) {
        try (Segment segment = Segment.clustered(metric, fused, 500, 48)) {
            Records records = segment.records;
            BlockGuard trusting = BlockGuard.trusting();
            BlockGuard bad = Segment.guard(records.memory, new HashSet<>(), false);
            BlockGuard badFloats = Segment.guard(records.floats, new HashSet<>(), false);
            float[] query = segment.rows.padded(5);
            Walk walk = Walk.of(records.layout);
            for (Records corrupt :
                    List.of(segment.with(bad, trusting), segment.with(trusting, badFloats))) {
                assertThatThrownBy(() -> walk.search(corrupt, query, 9, 9, 1))
                        .isInstanceOf(CorruptSegmentException.class);
            }
        }
    }

    @Test
    void refusesRecordsOfAnotherLayout() {
        try (Segment segment = Segment.clustered(Metric.DOT, true, 20, 8)) {
            Walk walk = Walk.of(new RecordLayout(8, false));
            assertThatThrownBy(() -> walk.search(segment.records, segment.rows.padded(0), K, K, 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
