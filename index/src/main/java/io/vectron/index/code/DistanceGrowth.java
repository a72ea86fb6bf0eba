package io.vectron.index.code;

import io.vectron.index.Metric;
import io.vectron.index.vector.Kernels;
import io.vectron.index.vector.Scorer;
import java.util.Arrays;

/**
 * How distances grow with their rank: around a row the r-th nearest one is about {@code r^exponent}
 * times as far as the nearest. With squared distances the exponent is two divided by the local
 * intrinsic dimension of the data (Amsaleg et al., Estimating local intrinsic dimensionality).
 *
 * <p>It translates between the two ways to say how broad a walk is: so many rows, or rows so much
 * farther than the k-th. The first is what people ask for; the second finds more with the same
 * work, since it spends it where many rows are about as near as the k-th (Al-Jazzazi et al.,
 * Distance adaptive beam search for provably accurate graph-based nearest neighbor search).
 *
 * @param exponent of key distances, finite; 0 if it is not known
 */
public record DistanceGrowth(float exponent) {

    /** Nothing is known: a walk keeps as many rows as were asked for. */
    public static final DistanceGrowth UNKNOWN = new DistanceGrowth(0);

    /** Where distances are measured: beyond near-duplicates, within reach of a walk. */
    private static final int NEAR_RANK = 10;

    private static final int FAR_RANK = 100;

    private static final int CENTRES = 64;
    private static final int MOST_SCANNED = 1 << 15;

    /** Fewer rows say too little; a scan finds the nearest of them as fast. */
    private static final int LEAST_SCANNED = 10 * FAR_RANK;

    /** Refuses what is no growth. */
    public DistanceGrowth {
        if (!(exponent >= 0 && exponent <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException("exponent: " + exponent);
        }
    }

    /**
     * Learns from up to 64 rows, each compared with up to 32,768 others; both evenly spread.
     * Deterministic. Not known under the dot product, of which no multiple is a distance, and of
     * too few rows.
     */
    public static DistanceGrowth learn(Metric metric, int dimension, Rows rows) {
        int scanned = Math.min(rows.count(), MOST_SCANNED);
        if (metric == Metric.DOT || scanned < LEAST_SCANNED) {
            return UNKNOWN;
        }
        int stride = Kernels.padded(dimension);
        float[] centres = new float[CENTRES * stride];
        float[] row = new float[stride];
        for (int i = 0; i < CENTRES; i++) {
            rows.read(spread(i, CENTRES, rows.count()), row);
            System.arraycopy(row, 0, centres, i * stride, stride);
        }
        Scorer scorer = new Scorer(metric);
        float[][] distances = new float[CENTRES][scanned];
        for (int j = 0; j < scanned; j++) {
            rows.read(spread(j, scanned, rows.count()), row);
            for (int i = 0; i < CENTRES; i++) {
                distances[i][j] = scorer.keyDistance(row, centres, i * stride);
            }
        }
        return of(distances);
    }

    private static int spread(int place, int of, int count) {
        return (int) ((long) place * count / of);
    }

    private static DistanceGrowth of(float[][] distances) {
        double sum = 0;
        int measured = 0;
        for (float[] around : distances) {
            Arrays.sort(around); // the row itself comes first, most often
            double growth = Math.log(around[FAR_RANK] / (double) around[NEAR_RANK]);
            if (growth >= 0 && growth < Double.POSITIVE_INFINITY) {
                sum += growth;
                measured++;
            }
        }
        return measured < CENTRES / 2
                ? UNKNOWN
                : new DistanceGrowth((float) (sum / measured / Math.log(FAR_RANK / NEAR_RANK)));
    }

    /**
     * About how many times as far as the k-th nearest row the ef-th is.
     *
     * @param k at least 1
     * @param ef at least {@code k}
     * @return at least 1
     */
    public double stretch(int k, int ef) {
        return Math.pow((double) ef / k, exponent);
    }
}
