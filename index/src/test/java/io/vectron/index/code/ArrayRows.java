package io.vectron.index.code;

import io.vectron.index.vector.Kernels;
import java.util.Arrays;
import java.util.Random;

/** Rows in arrays. */
public final class ArrayRows implements Rows {

    private final float[][] rows;

    public ArrayRows(float[][] rows) {
        this.rows =
                Arrays.stream(rows)
                        .map(row -> Arrays.copyOf(row, Kernels.padded(row.length)))
                        .toArray(float[][]::new);
    }

    /** Rows with values from 0 to 10. */
    static ArrayRows random(int count, int dimension, long seed) {
        Random random = new Random(seed);
        float[][] rows = new float[count][dimension];
        for (float[] row : rows) {
            for (int j = 0; j < dimension; j++) {
                row[j] = 10 * random.nextFloat();
            }
        }
        return new ArrayRows(rows);
    }

    /** The row itself, padded. */
    public float[] padded(int row) {
        return rows[row];
    }

    @Override
    public int count() {
        return rows.length;
    }

    @Override
    public void read(int row, float[] to) {
        System.arraycopy(rows[row], 0, to, 0, rows[row].length);
    }
}
