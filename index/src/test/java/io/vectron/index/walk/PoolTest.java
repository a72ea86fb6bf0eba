package io.vectron.index.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vectron.index.code.DistanceGrowth;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolTest {

    private static final DistanceGrowth GROWTH = new DistanceGrowth(0.1f);

    @Test
    void withoutAKnownGrowthItKeepsAsManyRowsAsAskedFor() {
        assertThat(Breadth.of(10, 64, DistanceGrowth.UNKNOWN)).isEqualTo(Breadth.rows(10, 64));
        assertThat(Breadth.of(64, 64, GROWTH)).isEqualTo(Breadth.rows(64, 64));
    }

    @Test
    void askedForMoreRowsItReachesFarther() {
        Breadth breadth = Breadth.of(10, 100, GROWTH);
        assertThat(breadth.stretch()).isCloseTo(Math.pow(10, 0.1), within(1e-6));
        assertThat(breadth.least()).isEqualTo(50);
        assertThat(breadth.most()).isEqualTo(400);
        assertThat(Breadth.of(10, 12, GROWTH).least()).isEqualTo(10);
        assertThat(Breadth.of(10, 10_000, GROWTH).most()).isEqualTo(11_024);
    }

    @Test
    void refusesWhatContradictsItself() {
        assertThatThrownBy(() -> new Breadth(0, 1, 1, 1)).hasMessageContaining("k 0");
        assertThatThrownBy(() -> new Breadth(2, 1, 1, 1)).hasMessageContaining("k 2");
        assertThatThrownBy(() -> new Breadth(1, 2, 1, 1)).hasMessageContaining("2 to 1 rows");
        assertThatThrownBy(() -> new Breadth(1, 1, 1, 0.9)).hasMessageContaining("stretch 0.9");
        assertThatThrownBy(() -> new Breadth(1, 1, 1, Double.NaN)).hasMessageContaining("NaN");
    }

    /** Three crowd around 100, and others are up to 1.5 times as far, or farther. */
    @Test
    void itKeepsThoseThatAreNotMuchFartherThanTheKthNearest() {
        Pool pool = new Pool();
        pool.clear(new Breadth(2, 2, 6, 1.5));
        insert(pool, 400, 300, 200);
        assertThat(distances(pool)).as("up to 449").containsExactly(200, 300, 400);
        insert(pool, 100);
        assertThat(distances(pool)).as("up to 299").containsExactly(100, 200);
        insert(pool, 101);
        assertThat(distances(pool)).as("up to 150").containsExactly(100, 101);
        insert(pool, 102, 140, 150, 151, 160);
        assertThat(distances(pool)).containsExactly(100, 101, 102, 140, 150);
        insert(pool, 103, 104, 105);
        assertThat(distances(pool)).as("at most six").containsExactly(100, 101, 102, 103, 104, 105);
    }

    /** A knot of near-duplicates far from all others: as many rows as there may be. */
    @ParameterizedTest
    @ValueSource(doubles = {1e3, 1e9, Double.POSITIVE_INFINITY})
    void howeverFarItReachesItHoldsItsMostRows(double stretch) {
        Pool pool = new Pool();
        pool.clear(new Breadth(2, 4, 16, stretch));
        for (int i = 0; i < 40; i++) {
            insert(pool, 3_000_000 + i);
        }
        assertThat(pool.size()).isEqualTo(16);
        assertThat(distances(pool)).startsWith(3_000_000).endsWith(3_000_015);
    }

    @Test
    void itLacksRowsUntilItHasItsLeastNumberThatMayBeReturned() {
        Pool pool = new Pool();
        pool.clear(new Breadth(2, 3, 6, 1.5));
        assertThat(pool.lacks()).isEqualTo(3);
        insert(pool, 5);
        assertThat(pool.insert(7L << 32 | Pool.HIDDEN)).isEqualTo(1);
        assertThat(pool.lacks()).isEqualTo(2);
        insert(pool, 6);
        assertThat(pool.full()).isFalse();
        insert(pool, 8);
        insert(pool, 8);
        assertThat(pool.lacks()).isZero();
        assertThat(pool.full()).isTrue();
    }

    @Test
    void rowsAtNoDistanceDoNotEndItBeforeItsLeastNumber() {
        Pool pool = new Pool();
        pool.clear(new Breadth(2, 4, 16, 1.5));
        insert(pool, 0, 0, 0, 7, 9, 5);
        assertThat(distances(pool)).containsExactly(0, 0, 0, 5);
    }

    /** What it holds is at any time what its rules say of all rows it was offered. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3, 0.9})
    void aModelAgrees(double hidden) {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            int k = 1 + random.nextInt(5);
            int least = k + random.nextInt(5);
            Breadth breadth =
                    new Breadth(k, least, least + random.nextInt(20), 1 + random.nextDouble() / 2);
            Pool pool = new Pool();
            pool.clear(breadth);
            List<Long> kept = new ArrayList<>();
            long bound = Long.MAX_VALUE;
            for (int row = 0; row < 200; row++) {
                long flag = random.nextDouble() < hidden ? Pool.HIDDEN : 0;
                long key = (long) random.nextInt(1_000) << 32 | flag | row;
                assertThat(pool.bound()).isEqualTo(bound);
                if (key < bound) {
                    pool.insert(key);
                    kept.add(key);
                    bound = tightened(kept, bound, breadth);
                }
                assertThat(IntStream.range(0, pool.size()).mapToObj(pool::key).toList())
                        .as("seed %d, row %d, %s", seed, row, breadth)
                        .isEqualTo(kept);
                assertThat(pool.shown()).isEqualTo((int) shown(kept).count());
                assertThat(pool.full()).isEqualTo(bound != Long.MAX_VALUE);
            }
        }
    }

    private static long tightened(List<Long> kept, long before, Breadth breadth) {
        kept.sort(null);
        List<Long> shown = shown(kept).toList();
        if (shown.size() < breadth.least()) {
            return before;
        }
        long reach = (long) ((shown.get(breadth.k() - 1) >> 32) * breadth.stretch()) << 32;
        long bound = Math.min(before, Math.max(reach, shown.get(breadth.least() - 1)));
        if (shown.size() >= breadth.most()) {
            bound = Math.min(bound, shown.get(breadth.most() - 1));
        }
        long last = bound;
        kept.removeIf(key -> key > last);
        return bound;
    }

    @Test
    void candidatesAreThoseThatRoundingMayHaveMisplaced() {
        Pool pool = new Pool();
        pool.clear(Breadth.rows(5, 64));
        for (int i = 0; i < 60; i++) {
            long hidden = i % 2 == 0 ? Pool.HIDDEN : 0;
            pool.insert((long) (10_000 + 20 * i) << 32 | hidden | i);
        }
        assertThat(pool.kthDistance()).as("every other one is hidden").isEqualTo(10_180);
        Candidates candidates = Candidates.of(5, pool.kthDistance(), 64, false);
        assertThat(candidates).isEqualTo(new Candidates(6, 32, 10_180 + 303));
        long[] found = new long[32];
        assertThat(pool.copy(candidates, found)).isEqualTo(12);
        assertThat(found).startsWith(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 0);
    }

    @Test
    void someCandidatesMoreThanWantedAndNotAllOfThemInACrowd() {
        Pool pool = new Pool();
        pool.clear(Breadth.rows(10, 64));
        assertThat(pool.kthDistance()).isZero();
        for (int i = 0; i < 64; i++) {
            pool.insert(500L << 32 | i);
        }
        long[] found = new long[64];
        assertThat(pool.copy(Candidates.of(10, 500, 384, false), found)).isEqualTo(32);
        assertThat(pool.copy(Candidates.of(10, 100, 384, false), found)).isEqualTo(12);
        assertThat(pool.copy(Candidates.of(10, -500, 384, true), found)).isEqualTo(16);
        assertThat(Candidates.of(10, Integer.MAX_VALUE, 384, false).limit())
                .isEqualTo(Integer.MAX_VALUE);
    }

    private static java.util.stream.Stream<Long> shown(List<Long> keys) {
        return keys.stream().filter(key -> (key & Pool.HIDDEN) == 0);
    }

    private static void insert(Pool pool, int... distances) {
        for (int distance : distances) {
            long key = (long) distance << 32 | pool.size();
            if (key < pool.bound()) {
                pool.insert(key);
            }
        }
    }

    private static int[] distances(Pool pool) {
        return IntStream.range(0, pool.size()).map(i -> (int) (pool.key(i) >> 32)).toArray();
    }
}
