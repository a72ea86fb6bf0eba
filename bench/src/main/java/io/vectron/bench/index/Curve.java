package io.vectron.bench.index;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Searches a second by recall, as measured at some values of ef; engines are compared where their
 * recall is equal.
 */
final class Curve {
    private final List<Point> points;

    /** A measurement: recall 0 to 1, searches a second. */
    record Point(double recall, double qps) {
        Point {
            if (!(recall >= 0 && recall <= 1) || !(qps > 0)) {
                throw new IllegalArgumentException("recall " + recall + ", " + qps + " a second");
            }
        }
    }

    /** A curve through these points; one beaten in both figures by another does not count. */
    Curve(List<Point> measured) {
        points =
                measured.stream()
                        .filter(point -> measured.stream().noneMatch(other -> beats(other, point)))
                        .distinct()
                        .sorted(Comparator.comparingDouble(Point::recall))
                        .toList();
    }

    private static boolean beats(Point one, Point other) {
        return one.recall >= other.recall
                && one.qps >= other.qps
                && (one.recall > other.recall || one.qps > other.qps);
    }

    /**
     * Searches a second at a recall: between two points, linear in the logarithms of the share
     * missed and of the rate, which is nearly how graphs behave. Below the lowest point its rate:
     * no smaller ef was measured.
     *
     * @return null if the recall was not reached
     */
    @Nullable Double qpsAt(double recall) {
        @Nullable Point below = null;
        for (Point point : points) {
            if (point.recall >= recall) {
                return below == null ? point.qps : between(below, point, recall);
            }
            below = point;
        }
        return null;
    }

    private static double between(Point below, Point above, double recall) {
        double share =
                above.recall == 1
                        ? (recall - below.recall) / (above.recall - below.recall)
                        : (missed(recall) - missed(below.recall))
                                / (missed(above.recall) - missed(below.recall));
        return Math.exp(Math.log(below.qps) + share * (Math.log(above.qps) - Math.log(below.qps)));
    }

    private static double missed(double recall) {
        return Math.log(1 - recall);
    }
}
