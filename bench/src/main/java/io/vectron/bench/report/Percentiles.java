package io.vectron.bench.report;

import java.util.Arrays;

/** Percentiles of measured values, by nearest rank. */
public final class Percentiles {
    private final double[] sorted;

    /**
     * @param values at least one value, in any order
     */
    public Percentiles(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values");
        }
        sorted = values.clone();
        Arrays.sort(sorted);
    }

    /**
     * The value that a share of the values does not exceed.
     *
     * @param share above 0, at most 1
     */
    public double at(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("not a share: " + share);
        }
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    /** The largest value. */
    public double max() {
        return sorted[sorted.length - 1];
    }
}
