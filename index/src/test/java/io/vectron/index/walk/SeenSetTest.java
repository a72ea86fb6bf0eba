package io.vectron.index.walk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeenSetTest {

    private static final int WALKS = 40;

    /** Of the last number of rows there are too many for a bit each. */
    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 1_000, 100_000, 1 << 23, (1 << 23) + 1, 1 << 30})
    void tellsWhatIsNewInItsOrder(int rows) {
        SeenSet seen = new SeenSet();
        Random random = new Random(rows);
        for (int walk = 0; walk < WALKS; walk++) {
            int ef = 1 + random.nextInt(300);
            seen.clear(rows, ef);
            Set<Integer> model = new HashSet<>();
            for (int step = 0; step < 2 * ef; step++) {
                int[] list = random.ints(random.nextInt(40), 0, rows).toArray();
                int[] expected = Arrays.stream(list).filter(model::add).toArray();
                int count = seen.addAll(list, list.length);
                assertThat(Arrays.copyOf(list, count)).as("walk %d", walk).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, (1 << 23) + 1})
    void goesFromSegmentToSegment(int rows) {
        SeenSet seen = new SeenSet();
        for (int other : new int[] {rows, 1 << 20, 64, 1 << 25, rows}) {
            seen.clear(other, 10);
            assertThat(seen.addAll(new int[] {63, 0, 63, 7}, 4)).isEqualTo(3);
            assertThat(seen.addAll(new int[] {7, 0}, 2)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 23, 1 << 30})
    void takesLittleForManyRows(int rows) {
        SeenSet seen = new SeenSet();
        seen.clear(rows, 100);
        assertThat(seen.held()).isLessThan(1 << 19);
    }
}
