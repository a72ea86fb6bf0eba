package io.vectron.index.code;

/**
 * Where things lie in a row's record: one stretch of memory of a fixed stride, all little-endian.
 *
 * <pre>
 * compact: [7-bit code: codeBytes][32 neighbours: 4 bytes each]
 * fused:   the same, then [32 floats A][32 floats B][product codes of the neighbours]
 * </pre>
 *
 * <p>A list with fewer than 32 neighbours is filled up with the row's own ordinal (and A = the
 * largest float). Every part begins at a multiple of 64 bytes, a line of memory.
 *
 * @param dimension floats a vector, 1 to 16,384
 * @param fused whether the neighbours' product codes are part of the record
 */
public record RecordLayout(int dimension, boolean fused) {

    /** Neighbours a record has room for. */
    public static final int DEGREE = 32;

    /** Bytes of a line of memory, to which every part is aligned. */
    public static final int LINE_BYTES = 64;

    /** Dimensions that one product code of 4 bits stands for. */
    public static final int SUBSPACE = 8;

    private static final int MAX_DIMENSION = 16_384;
    private static final int FLOATS_BYTES = DEGREE * Float.BYTES;

    /** Refuses a dimension out of range. */
    public RecordLayout {
        if (dimension < 1 || dimension > MAX_DIMENSION) {
            throw new IllegalArgumentException(
                    "dimension must be 1.." + MAX_DIMENSION + ", not " + dimension);
        }
    }

    /** Bytes of a code: one a dimension, zeros up to a whole line. */
    public int codeBytes() {
        return (dimension + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
    }

    /** Where the neighbours' ordinals begin, 4 bytes each. */
    public int neighboursAt() {
        return codeBytes();
    }

    /** Where the 32 floats A begin; fused records only. */
    public int offsetsAt() {
        return neighboursAt() + DEGREE * Integer.BYTES;
    }

    /** Where the 32 floats B begin; fused records only. */
    public int factorsAt() {
        return offsetsAt() + FLOATS_BYTES;
    }

    /** Where the product codes begin: for each subspace 16 bytes, 32 codes of 4 bits. */
    public int productCodesAt() {
        return factorsAt() + FLOATS_BYTES;
    }

    /** Product codes a vector. */
    public int subspaces() {
        return codeBytes() / SUBSPACE;
    }

    /** Bytes from one record to the next. */
    public int stride() {
        return fused ? productCodesAt() + subspaces() * DEGREE / 2 : offsetsAt();
    }
}
