package io.vectron.index.code;

/**
 * One query's dot products with all centroids, rounded to a byte each; scratch of one search at a
 * time. {@link ProductQuantizer#lookup} fills it.
 *
 * <p>The sum of a vector's entries, times {@link #step}, plus {@link #shift}, is about its dot
 * product with the query.
 */
public final class ProductLookup {

    /** Entries are at most this, so that four of them add up to a byte. */
    private static final int MOST = 63;

    final int subspaces;
    final int largest;
    final float[] scores;

    /** For each subspace 16 entries; behind them room for a last load of a whole register. */
    final byte[] table;

    final int[] sums = new int[RecordLayout.DEGREE];
    float step;
    float shift;

    /** Scratch for records of this layout. */
    public ProductLookup(RecordLayout layout) {
        this.subspaces = layout.subspaces();
        this.largest = Math.min(MOST, Short.MAX_VALUE / subspaces);
        this.scores = new float[subspaces * ProductQuantizer.CENTROIDS];
        this.table = new byte[scores.length + ProductQuantizer.CENTROIDS];
    }
}
