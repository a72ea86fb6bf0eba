package io.vectron.worker.shard;

import static io.vectron.worker.shard.PointIndex.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every {@link PointIndex} of two dimensions does. */
public abstract class PointIndexContract {
    /** An empty index. */
    protected abstract PointIndex create() throws IOException;

    /** Version of each id that a search of the index sees. */
    protected abstract Map<String, Long> visible(PointIndex index);

    private static float[] vector(float x) {
        return new float[] {x, 1};
    }

    @Test
    void nothingIsSeenBeforeItIsPublished() throws IOException {
        PointIndex index = create();
        index.upsert("a", 0, vector(1), NONE);
        assertThat(visible(index)).isEmpty();
        index.publish(1);
        assertThat(visible(index)).containsExactlyEntriesOf(Map.of("a", 0L));
    }

    @Test
    void aBatchAppearsAtOnce() throws IOException {
        PointIndex index = create();
        index.upsert("a", 0, vector(1), NONE);
        index.upsert("b", 1, vector(2), NONE);
        index.publish(2);
        index.upsert("a", 2, vector(3), 0);
        index.delete(1, 3);
        index.upsert("c", 4, vector(4), NONE);
        assertThat(visible(index)).isEqualTo(Map.of("a", 0L, "b", 1L));
        index.publish(5);
        assertThat(visible(index)).isEqualTo(Map.of("a", 2L, "c", 4L));
    }

    @Test
    void restoredRowsAreThoseAtTheFirstPosition() throws IOException {
        PointIndex index = create();
        assertThat(index.restoreFrom()).isZero();
        index.restore("a", 3, vector(2));
        index.restore("b", 7, vector(1));
        index.publish(9);
        assertThat(visible(index)).isEqualTo(Map.of("a", 3L, "b", 7L));
    }

    @Test
    void positionsNeverFall() throws IOException {
        PointIndex index = create();
        index.publish(5);
        assertThatThrownBy(() -> index.publish(4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> index.upsert("a", 4, vector(1), NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDeathOfARowThatIsNotThereIsNone() throws IOException {
        PointIndex index = create();
        index.restoreDeath(3, 5);
        index.restore("a", 7, vector(1));
        index.publish(9);
        assertThat(visible(index)).isEqualTo(Map.of("a", 7L));
    }

    @Test
    void whatAWriteSupersedesMustBeLive() throws IOException {
        PointIndex index = create();
        index.upsert("a", 0, vector(1), NONE);
        index.delete(0, 1);
        index.publish(2);
        assertThatThrownBy(() -> index.delete(0, 2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> index.delete(1, 3)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCutIsNotSeen() throws IOException {
        PointIndex index = create();
        index.cut();
        index.upsert("a", 0, vector(1), NONE);
        index.upsert("b", 1, vector(2), NONE);
        index.publish(2);
        index.cut();
        index.cut();
        assertThat(visible(index)).isEqualTo(Map.of("a", 0L, "b", 1L));
        index.upsert("a", 2, vector(3), 0);
        index.delete(1, 3);
        index.publish(4);
        assertThat(visible(index)).isEqualTo(Map.of("a", 2L));
    }

    @Test
    void versionsAscend() throws IOException {
        PointIndex index = create();
        index.upsert("a", 4, vector(1), NONE);
        assertThatThrownBy(() -> index.upsert("b", 4, vector(1), NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
