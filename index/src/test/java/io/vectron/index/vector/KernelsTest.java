package io.vectron.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with the preferred lanes, and once more with narrower ones (see the module's pom). */
class KernelsTest {

    @Test
    void usesTheLanesAskedFor() {
        assertThat(Kernels.lanes()).isBetween(1, Integer.getInteger("most.lanes", Kernels.PAD));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 15, 16, 17, 31, 63, 64, 65, 100, 128, 384, 1_537, 16_384})
    void agreesWithTheFormulaForEveryDimension(int dimension) {
        Random random = new Random(dimension);
        int padded = Kernels.padded(dimension);
        assertThat(padded % Kernels.PAD).isZero();
        assertThat(padded).isBetween(dimension, dimension + Kernels.PAD - 1);
        // Behind the rows lies something that must not be read.
        float[] x = random(random, 3 + padded + 5, 3, dimension);
        float[] y = random(random, 2 * padded + 7, padded, dimension);
        double dot = 0;
        double squares = 0;
        for (int i = 0; i < dimension; i++) {
            double a = x[3 + i];
            double b = y[padded + i];
            dot += a * b;
            squares += (a - b) * (a - b);
        }
        double tolerance = 1e-6 * dimension + 1e-6;
        assertThat((double) Kernels.dot(x, 3, y, padded, padded)).isCloseTo(dot, within(tolerance));
        assertThat((double) Kernels.squaredDistance(x, 3, y, padded, padded))
                .isCloseTo(squares, within(4 * tolerance));
    }

    /** Garbage everywhere but zeros between the row and its padded end. */
    private static float[] random(Random random, int length, int at, int dimension) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            boolean padding = i >= at + dimension && i < at + Kernels.padded(dimension);
            values[i] = padding ? 0 : 2 * random.nextFloat() - 1;
        }
        return values;
    }
}
