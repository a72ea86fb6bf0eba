package io.vectron.worker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every {@link PointIndex} of two dimensions does. */
public abstract class PointIndexContract {
    /** An empty index. */
    protected abstract PointIndex create(int capacity);

    /** Version of each id that a search of the index sees. */
    protected abstract Map<String, Long> visible(PointIndex index);

    private static float[] vector(float x) {
        return new float[] {x, 1};
    }

    @Test
    void nothingIsSeenBeforeItIsPublished() {
        PointIndex index = create(100);
        index.upsert("a", 0, vector(1));
        assertThat(visible(index)).isEmpty();
        index.publish(1);
        assertThat(visible(index)).containsExactlyEntriesOf(Map.of("a", 0L));
    }

    @Test
    void aBatchAppearsAtOnce() {
        PointIndex index = create(100);
        index.upsert("a", 0, vector(1));
        index.upsert("b", 1, vector(2));
        index.publish(2);
        index.upsert("a", 2, vector(3));
        index.delete("b", 3);
        index.upsert("c", 4, vector(4));
        assertThat(visible(index)).isEqualTo(Map.of("a", 0L, "b", 1L));
        index.publish(5);
        assertThat(visible(index)).isEqualTo(Map.of("a", 2L, "c", 4L));
    }

    @Test
    void restoredRowsAreThoseAtTheFirstPosition() {
        PointIndex index = create(100);
        index.restore("b", 7, vector(1));
        index.restore("a", 3, vector(2));
        index.publish(9);
        assertThat(visible(index)).isEqualTo(Map.of("a", 3L, "b", 7L));
    }

    @Test
    void positionsNeverFall() {
        PointIndex index = create(100);
        index.publish(5);
        assertThatThrownBy(() -> index.publish(4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> index.upsert("a", 4, vector(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void roomIsCounted() {
        PointIndex index = create(2);
        assertThat(index.hasRoom(2)).isTrue();
        assertThat(index.hasRoom(3)).isFalse();
        index.upsert("a", 0, vector(1));
        assertThat(index.hasRoom(1)).isTrue();
        assertThat(index.hasRoom(2)).isFalse();
    }
}
