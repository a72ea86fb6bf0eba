package io.vectron.bench.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vectron.bench.index.Curve.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class CurveTest {
    @Test
    void aMeasuredRecallHasItsMeasuredRate() {
        var curve = new Curve(List.of(new Point(0.99, 100), new Point(0.9, 1000)));
        assertThat(curve.qpsAt(0.9)).isCloseTo(1000, within(1e-6));
        assertThat(curve.qpsAt(0.99)).isCloseTo(100, within(1e-6));
    }

    @Test
    void betweenTwoPointsItIsLinearInTheLogarithms() {
        var curve = new Curve(List.of(new Point(0.9, 1000), new Point(0.99, 250)));
        double recall = 1 - Math.sqrt(0.1 * 0.01); // half-way between the shares missed
        assertThat(curve.qpsAt(recall)).isCloseTo(500, within(1e-6));
    }

    @Test
    void towardsPerfectRecallItIsLinear() {
        var curve = new Curve(List.of(new Point(0.9, 1000), new Point(1, 250)));
        assertThat(curve.qpsAt(0.95)).isCloseTo(500, within(1e-6));
    }

    @Test
    void belowTheLowestPointNoHigherRateIsClaimed() {
        assertThat(new Curve(List.of(new Point(0.97, 800))).qpsAt(0.95)).isEqualTo(800);
    }

    @Test
    void aRecallThatWasNotReachedHasNoRate() {
        assertThat(new Curve(List.of(new Point(0.94, 800))).qpsAt(0.95)).isNull();
    }

    @Test
    void aPointThatAnotherBeatsDoesNotCount() {
        var curve =
                new Curve(
                        List.of(
                                new Point(0.9, 1000),
                                new Point(0.94, 100), // a round that was disturbed
                                new Point(0.95, 900)));
        assertThat(curve.qpsAt(0.94)).isBetween(900.0, 1000.0);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new Point(1.1, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Point(0.5, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
