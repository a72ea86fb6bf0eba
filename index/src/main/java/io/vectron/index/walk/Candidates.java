package io.vectron.index.walk;

/**
 * Which of the rows that a walk found by their codes are compared as floats: those that may be
 * among the k nearest but for the rounding of codes.
 *
 * @param least rows in any case, if there are as many
 * @param most rows at most, at least {@code least}
 * @param limit distance of codes; beyond {@code least}, farther rows are left out
 */
public record Candidates(int least, int most, int limit) {

    private static final int FEW = 16;
    private static final int MANY = 32;

    /**
     * Standard deviations, about four: a squared distance D of two rounded vectors of n values is
     * off by about 0.8 √(D + n).
     */
    private static final double DEVIATIONS = 3;

    /**
     * Candidates for the k nearest.
     *
     * @param distance of the k-th nearest by codes
     * @param codeBytes bytes of a code
     * @param signed whether distances are dot products, of which no rounding is known
     */
    public static Candidates of(int k, int distance, int codeBytes, boolean signed) {
        if (signed) {
            int fixed = Math.max(FEW, k + k / 2);
            return new Candidates(fixed, fixed, Integer.MAX_VALUE);
        }
        // Beside rounding, outliers were cut off; so always some more.
        double margin = DEVIATIONS * Math.sqrt((double) distance + codeBytes);
        int limit = (int) Math.min(distance + margin, Integer.MAX_VALUE);
        return new Candidates(k + (k + 4) / 5, Math.max(MANY, 2 * k), limit);
    }
}
