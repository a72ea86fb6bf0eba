package io.vectron.index.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.index.merge.MergePolicy.Range;
import io.vectron.index.merge.MergePolicy.Size;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergePolicyTest {

    private static final MergePolicy POLICY = new MergePolicy(3, 100, 10_000, 0.25);

    private static List<Size> live(int... rows) {
        List<Size> sizes = new ArrayList<>();
        for (int count : rows) {
            sizes.add(new Size(count, 0));
        }
        return sizes;
    }

    @Test
    void mergesTheNewestOfATierOnceTheyAreEnough() {
        assertThat(POLICY.choose(live())).isNull();
        assertThat(POLICY.choose(live(100, 100))).isNull();
        assertThat(POLICY.choose(live(100, 100, 100))).isEqualTo(new Range(0, 3));
        assertThat(POLICY.choose(live(900, 100, 100))).isNull();
        assertThat(POLICY.choose(live(900, 100, 5, 100))).isEqualTo(new Range(1, 4));
        // Two tiers, neither of them complete.
        assertThat(POLICY.choose(live(400, 400, 100, 100))).isNull();
        // A higher tier takes the smaller ones behind it along.
        assertThat(POLICY.choose(live(5_000, 400, 400, 20))).isNull();
        assertThat(POLICY.choose(live(5_000, 400, 400, 20, 400))).isEqualTo(new Range(1, 5));
    }

    @Test
    void neverMakesASegmentLargerThanTheLargest() {
        assertThat(POLICY.choose(live(5_000, 5_000, 5_000))).isNull();
        assertThat(POLICY.choose(live(9_500, 400, 400, 300))).isEqualTo(new Range(1, 4));
    }

    @Test
    void rewritesWhatIsMostlyDead() {
        List<Size> sizes = List.of(new Size(1_000, 250), new Size(1_000, 251), new Size(90, 0));
        assertThat(POLICY.choose(sizes)).isEqualTo(new Range(1, 2));
        assertThat(POLICY.choose(List.of(new Size(10, 10)))).isEqualTo(new Range(0, 1));
    }

    @Test
    void refusesNonsense() {
        assertThatThrownBy(() -> new MergePolicy(1, 1, 1, 0.5)).hasMessageContaining("fanOut");
        assertThatThrownBy(() -> new MergePolicy(2, 0, 1, 0.5)).hasMessageContaining("floorRows");
        assertThatThrownBy(() -> new MergePolicy(2, 2, 1, 0.5)).hasMessageContaining("maxRows");
        assertThatThrownBy(() -> new MergePolicy(2, 1, 1, 0)).hasMessageContaining("deadShare");
        assertThatThrownBy(() -> new Size(1, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Range(1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Rows written over rows sealed, and the most segments there ever were. */
    @ParameterizedTest
    @CsvSource({"5000000, 131072, 3.0, 12", "5000000, 65536, 3.0, 12", "16000000, 131072, 3.5, 14"})
    void writesEveryRowAFewTimesAndKeepsFewSegments(
            int rows, int sealed, double mostWrites, int mostSegments) {
        List<Size> sizes = new ArrayList<>();
        long written = 0;
        long made = 0;
        while (made < rows) {
            sizes.add(new Size(sealed, 0));
            made += sealed;
            written += sealed;
            assertThat(sizes).hasSizeLessThanOrEqualTo(mostSegments);
            for (Range range; (range = MergePolicy.DEFAULT.choose(sizes)) != null; ) {
                List<Size> merged = sizes.subList(range.from(), range.to());
                int sum = merged.stream().mapToInt(Size::rows).sum();
                written += sum;
                merged.clear();
                merged.add(new Size(sum, 0));
            }
        }
        assertThat(written / (double) made).isLessThanOrEqualTo(mostWrites);
    }

    /** Every row is replaced again and again: the dead take no more than their share for long. */
    @Test
    void turnoversDoNotPileUp() {
        List<Size> sizes = new ArrayList<>();
        int live = 100_000;
        int sealed = 10_000;
        MergePolicy policy = new MergePolicy(5, 1_000, 1 << 24, 0.25);
        for (int seal = 0; seal < 200; seal++) {
            // The oldest live rows die first, as in a sweep over all points.
            int dying = seal < live / sealed ? 0 : sealed;
            for (int i = 0; i < sizes.size() && dying > 0; i++) {
                int now = Math.min(dying, sizes.get(i).live());
                sizes.set(i, new Size(sizes.get(i).rows(), sizes.get(i).dead() + now));
                dying -= now;
            }
            sizes.add(new Size(sealed, 0));
            for (Range range; (range = policy.choose(sizes)) != null; ) {
                List<Size> merged = sizes.subList(range.from(), range.to());
                int rest = merged.stream().mapToInt(Size::live).sum();
                merged.clear();
                if (rest > 0) {
                    merged.add(new Size(rest, 0));
                }
            }
            int rows = sizes.stream().mapToInt(Size::rows).sum();
            assertThat(rows).isLessThanOrEqualTo((int) (1.35 * live));
            assertThat(sizes).hasSizeLessThanOrEqualTo(12);
        }
    }
}
