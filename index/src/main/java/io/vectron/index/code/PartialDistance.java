package io.vectron.index.code;

import java.util.Arrays;

/**
 * How much of a squared distance of 7-bit codes their first bytes show. A walk that knows it reads
 * only a part of most codes: one whose first part alone is too far for the rows kept so far is
 * hardly among the nearest (Gao and Long, High-dimensional approximate nearest neighbor search:
 * with reliable and efficient distance comparison operations; there with rotated vectors).
 *
 * <p>The share differs from pair to pair, by a tenth of itself with 128 of 384 dimensions of
 * sentence embeddings. It is learned from the data and set so high that most pairs stay below it.
 *
 * @param bytes first bytes to compare; all of them where a part would tell too little
 * @param share of the whole distance that the first bytes hardly exceed, 0 to 1
 */
public record PartialDistance(int bytes, float share) {

    /** A part below it costs as much as it saves. */
    private static final int LEAST_BYTES = 128;

    /** A pair in seven has a higher share: those must be twice unlucky to be missed. */
    private static final double QUANTILE = 0.85;

    private static final int LEAST_PAIRS = 16;
    private static final int MOST_PAIRS = 64;

    /** Codes that {@link #learn} looks at; more bring nothing. */
    public static final int SAMPLE = 256;

    /** Refuses a share that is none. */
    public PartialDistance {
        if (bytes < 1 || !(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(bytes + " bytes with a share of " + share);
        }
    }

    /** Codes are compared whole. */
    public static PartialDistance none(int codeBytes) {
        return new PartialDistance(codeBytes, 1);
    }

    /**
     * Learns from codes of rows, which each are compared with the nearest of the others.
     *
     * @param codes their first {@code count} are looked at
     */
    public static PartialDistance learn(CodeTable codes, int count) {
        int codeBytes = codes.bytes();
        int bytes = part(codeBytes);
        if (bytes == codeBytes) {
            return none(codeBytes);
        }
        float[] shares = new float[Math.min(count, MOST_PAIRS)];
        int pairs = 0;
        for (int row = 0; row < shares.length; row++) {
            int other = nearest(codes, count, row);
            if (other >= 0) {
                float whole = codes.squared(row, other);
                shares[pairs++] = codes.squared(row, other, bytes) / whole;
            }
        }
        if (pairs < LEAST_PAIRS) {
            return none(codeBytes);
        }
        Arrays.sort(shares, 0, pairs);
        float share = shares[(int) (pairs * QUANTILE)];
        return share > 0 ? new PartialDistance(bytes, share) : none(codeBytes);
    }

    /** About a third, in steps that every width of register divides. */
    private static int part(int codeBytes) {
        int bytes = Math.max(LEAST_BYTES, codeBytes / 3 / LEAST_BYTES * LEAST_BYTES);
        return 2 * bytes <= codeBytes ? bytes : codeBytes;
    }

    /** The nearest code that is not the same; below 0 if there is none. */
    private static int nearest(CodeTable codes, int count, int row) {
        int best = -1;
        int least = Integer.MAX_VALUE;
        for (int other = 0; other < count; other++) {
            int distance = codes.squared(row, other);
            if (distance > 0 && distance < least) {
                least = distance;
                best = other;
            }
        }
        return best;
    }

    /** The distance of the first bytes above which a row is hardly within {@code bound}. */
    public int limit(int bound) {
        return (int) (bound * (double) share);
    }
}
