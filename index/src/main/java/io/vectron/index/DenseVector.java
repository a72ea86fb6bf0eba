package io.vectron.index;

import java.util.Arrays;

/** An immutable vector of floats with the equality of its values. */
public final class DenseVector {

    private final float[] values;

    private DenseVector(float[] values) {
        this.values = values;
    }

    /** A vector with a copy of these values. */
    public static DenseVector of(float... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a vector has at least one value");
        }
        return new DenseVector(values.clone());
    }

    /** Number of values. */
    public int dimension() {
        return values.length;
    }

    /** A copy of the values. */
    public float[] toArray() {
        return values.clone();
    }

    /** The values themselves, for reading inside this package. */
    float[] values() {
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DenseVector that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
