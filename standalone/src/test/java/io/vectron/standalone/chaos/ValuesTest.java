package io.vectron.standalone.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.Point;
import io.vectron.standalone.history.Shown;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValuesTest {
    @Test
    void aPointTellsItsStamp() {
        assertThat(Values.stamp(Values.point(42))).isEqualTo(42);
    }

    @Test
    void aPointWithTheVectorOfAnotherIsNone() {
        Point mixed =
                Values.point(42).toBuilder().setVectors(0, Values.point(43).getVectors(0)).build();
        assertThat(Values.stamp(mixed)).isEqualTo(Shown.UNKNOWN);
        assertThat(Values.stamp(Point.getDefaultInstance())).isEqualTo(Shown.UNKNOWN);
    }

    @Test
    void thereIsAKeyForEachShard() {
        List<String> keys = Values.oneOfEach("probe", 5);
        for (int shard = 0; shard < 5; shard++) {
            assertThat(Values.home(keys.get(shard), 5)).isEqualTo(shard);
        }
    }
}
