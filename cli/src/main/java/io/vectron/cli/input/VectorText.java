package io.vectron.cli.input;

import io.vectron.common.limit.Limits;
import io.vectron.proto.log.v1.DenseF32;

/** A vector as people type it: numbers between commas, with or without brackets. */
public final class VectorText {
    private VectorText() {}

    /**
     * Reads a vector.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static DenseF32 parse(String text) {
        String inner = text.strip();
        if (inner.startsWith("[") && inner.endsWith("]")) {
            inner = inner.substring(1, inner.length() - 1);
        }
        if (inner.isBlank()) {
            throw new IllegalArgumentException("the vector is empty");
        }
        String[] parts = inner.split(",", -1);
        if (parts.length > Limits.DIMENSION) {
            throw new IllegalArgumentException(
                    "the vector has "
                            + parts.length
                            + " components, more than "
                            + Limits.DIMENSION);
        }
        DenseF32.Builder values = DenseF32.newBuilder();
        for (int i = 0; i < parts.length; i++) {
            values.addValues(component(parts[i].strip(), i));
        }
        return values.build();
    }

    private static float component(String text, int at) {
        float value;
        try {
            value = Float.parseFloat(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "component " + at + " of the vector is no number: '" + text + "'", e);
        }
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(
                    "component " + at + " of the vector is not finite: '" + text + "'");
        }
        return value;
    }
}
