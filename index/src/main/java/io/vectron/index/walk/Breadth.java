package io.vectron.index.walk;

import io.vectron.index.code.DistanceGrowth;

/**
 * Which rows a walk keeps and goes on from: all that are at most {@code stretch} times as far as
 * the k-th nearest it has found, but at least {@code least} rows and at most {@code most}.
 *
 * <p>A query for ef rows keeps as many on average. Where the data crowd it keeps more, where the
 * nearest ones stand apart it keeps fewer and ends sooner.
 *
 * @param k rows wanted, at least 1
 * @param least at least {@code k}
 * @param most at least {@code least}
 * @param stretch of key distances, at least 1
 */
public record Breadth(int k, int least, int most, double stretch) {

    /** However much the data crowd, a walk takes not many times as long as usual. */
    private static final int MOST_PER_EF = 4;

    /** Beyond so many rows more the time they take grows faster than what they find. */
    private static final int MOST_MORE = 1_024;

    /** Refuses what contradicts itself. */
    public Breadth {
        if (k < 1 || least < k || most < least || !(stretch >= 1)) {
            throw new IllegalArgumentException(
                    "k %d, %d to %d rows, stretch %s".formatted(k, least, most, stretch));
        }
    }

    /** Always {@code ef} rows. */
    public static Breadth rows(int k, int ef) {
        return new Breadth(Math.min(k, ef), ef, ef, 1);
    }

    /** About {@code ef} rows, in data whose distances grow so. */
    public static Breadth of(int k, int ef, DistanceGrowth growth) {
        if (growth.exponent() == 0 || k >= ef) {
            return rows(k, ef);
        }
        int most = (int) Math.min((long) MOST_PER_EF * ef, (long) ef + MOST_MORE);
        return new Breadth(k, Math.max(k, ef / 2), most, growth.stretch(k, ef));
    }
}
