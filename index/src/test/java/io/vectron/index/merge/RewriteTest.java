package io.vectron.index.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.index.GraphSpec;
import io.vectron.index.IndexLimits;
import io.vectron.index.IndexSpec;
import io.vectron.index.Metric;
import io.vectron.index.SegmentLayout;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.hot.HotSegment;
import io.vectron.index.sealed.Records;
import io.vectron.index.sealed.SealedScan;
import io.vectron.index.sealed.SealedSegment;
import io.vectron.index.sealed.Walk;
import io.vectron.index.vector.Kernels;
import io.vectron.index.vector.Scorer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Hot segments become sealed ones, and these others: with every live row, and easily found. */
class RewriteTest {

    private static final int DIMENSION = 24;
    private static final int K = 10;

    @TempDir Path folder;

    private final List<SealedSegment> open = new ArrayList<>();
    private final Random random = new Random(4);
    private int files;

    private static IndexSpec spec(Metric metric) {
        IndexLimits limits = new IndexLimits(1 << 16, 1L << 28, 2, 100, 0, 4_096);
        return new IndexSpec(DIMENSION, metric, limits, new GraphSpec(32, 100, 1.2f, 1.2f));
    }

    private float[] point() {
        float[] point = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            point[i] = (float) random.nextGaussian();
        }
        return point;
    }

    private HotSegment hot(IndexSpec spec, int rows, long from) {
        Scorer scorer = new Scorer(spec.metric());
        HotSegment hot = new HotSegment(spec, scorer, from);
        for (int row = 0; row < rows; row++) {
            hot.append("p" + (from + 2L * row), from + 2L * row, point(), scorer);
        }
        while (rows >= 100 && hot.tailRows() > 0) {
            hot.advance(1_000, 0);
        }
        return hot;
    }

    private SealedSegment rewrite(IndexSpec spec, List<Source> sources, long position)
            throws IOException {
        RecordLayout layout = spec.layout().records(DIMENSION, 2_000, 100);
        Path file = folder.resolve("file" + files++);
        try (Rewrite rewrite = new Rewrite(spec, new Survivors(sources, position), layout)) {
            double progress = 0;
            while (rewrite.step(50)) {
                assertThat(rewrite.progress()).isGreaterThanOrEqualTo(progress);
                progress = rewrite.progress();
            }
            int[] pauses = {0};
            rewrite.write(file, () -> pauses[0]++);
            assertThat(pauses[0]).isPositive();
        }
        SealedSegment segment = SealedSegment.open(file);
        open.add(segment);
        return segment;
    }

    private double recall(IndexSpec spec, SealedSegment segment, int ef) {
        Records records = Records.of(segment);
        Walk walk = Walk.of(segment.layout());
        SealedScan scan = new SealedScan();
        Scorer scorer = new Scorer(spec.metric());
        int found = 0;
        int queries = 60;
        for (int q = 0; q < queries; q++) {
            float[] query = scorer.prepared(point());
            scan.scan(segment, records, query, K, Long.MAX_VALUE - 1);
            long worst = scan.key(K - 1) >> 32;
            int count = walk.search(records, query, K, ef, Long.MAX_VALUE - 1);
            assertThat(count).isGreaterThanOrEqualTo(K);
            for (int i = 0; i < K; i++) {
                found += walk.found()[i] >> 32 <= worst ? 1 : 0;
            }
        }
        return found / (double) (queries * K);
    }

    private void checkRows(SealedSegment segment, List<Source> sources, IntPredicate live) {
        int row = 0;
        float[] expected = new float[Kernels.padded(DIMENSION)];
        float[] found = new float[expected.length];
        SealedSource rows = new SealedSource(segment);
        for (Source source : sources) {
            for (int old = 0; old < source.rows(); old++) {
                if (live.test((int) source.version(old))) {
                    assertThat(segment.version(row)).isEqualTo(source.version(old));
                    assertThat(segment.idBytes(row)).isEqualTo(source.id(old));
                    assertThat(segment.ordinalOf(source.version(old))).isEqualTo(row);
                    source.read(old, expected);
                    rows.read(row, found);
                    assertThat(found).isEqualTo(expected);
                    row++;
                }
            }
        }
        assertThat(segment.rows()).isEqualTo(row);
    }

    @AfterEach
    void closeAll() throws IOException {
        for (SealedSegment segment : open) {
            segment.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void aHotSegmentIsSealedWithItsGraph(Metric metric) throws IOException {
        for (SegmentLayout layout : SegmentLayout.values()) {
            IndexSpec spec = spec(metric).with(layout);
            List<Source> sources = List.of(new HotSource(hot(spec, 2_000, 0)));
            SealedSegment segment = rewrite(spec, sources, 10_000);
            checkRows(segment, sources, version -> true);
            assertThat(recall(spec, segment, 150)).isGreaterThan(0.95);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.1", "0.5", "0.9"})
    void deadRowsAreLeftOutAndTheirNeighboursFindOthers(double share) throws IOException {
        IndexSpec spec = spec(Metric.EUCLIDEAN);
        HotSegment hot = hot(spec, 2_500, 0);
        boolean[] dead = new boolean[5_000];
        for (int row = 0; row < 2_500; row++) {
            if (random.nextDouble() < share) {
                hot.markDead(row, 5_000);
                dead[2 * row] = true;
            }
        }
        List<Source> sources = List.of(new HotSource(hot));
        SealedSegment segment = rewrite(spec, sources, 5_001);
        checkRows(segment, sources, version -> !dead[version]);
        assertThat(recall(spec, segment, 150)).isGreaterThan(0.95);
    }

    @Test
    void aRowThatDiesAtThePositionOrAboveIsKept() throws IOException {
        IndexSpec spec = spec(Metric.EUCLIDEAN);
        HotSegment hot = hot(spec, 200, 0);
        hot.markDead(3, 500);
        hot.markDead(4, 499);
        List<Source> sources = List.of(new HotSource(hot));
        checkRows(rewrite(spec, sources, 500), sources, version -> version != 8);
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void segmentsOfAllKindsAreMergedIntoOne(Metric metric) throws IOException {
        IndexSpec spec = spec(metric);
        SealedSegment first = rewrite(spec, List.of(new HotSource(hot(spec, 3_000, 0))), 1_000_000);
        SealedSegment second =
                rewrite(spec, List.of(new HotSource(hot(spec, 1_000, 10_000))), 1_000_000);
        HotSegment small = hot(spec, 50, 20_000); // too small for a graph
        for (int row = 0; row < 3_000; row += 7) {
            first.deaths().mark(row, 30_000);
        }
        small.markDead(7, 30_000);
        List<Source> sources =
                List.of(new SealedSource(first), new SealedSource(second), new HotSource(small));
        SealedSegment merged = rewrite(spec, sources, 30_001);
        checkRows(
                merged,
                sources,
                version -> !(version < 6_000 && version % 14 == 0) && version != 20_014);
        assertThat(recall(spec, merged, 150)).isGreaterThan(0.95);
    }
}
