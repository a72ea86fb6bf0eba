package io.vectron.index.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with the preferred lanes, and again with narrower ones (see the module's pom). */
class CodesTest {

    private static final int BEFORE = 64;

    @Test
    void usesTheLanesAskedFor() {
        int most = Integer.getInteger("most.lanes", 16);
        assertThat(Shapes.SIMD ? Shapes.STEP / Float.BYTES : 1).isLessThanOrEqualTo(most);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 63, 64, 65, 100, 128, 129, 192, 384, 1_000, 1_537, 16_384})
    void kernelsAgreeWithTheFormulaForEveryDimension(int dimension) {
        Random random = new Random(dimension);
        check(dimension, codes(random, dimension, 128), codes(random, dimension, 128));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 127, 384, 16_384})
    void sumsOfExtremeCodesDoNotOverflow(int dimension) {
        int[] zeros = new int[dimension];
        int[] largest = codes(new Random(1), dimension, 1);
        java.util.Arrays.fill(largest, 127);
        check(dimension, zeros, largest);
        check(dimension, largest, zeros);
        check(dimension, largest, largest);
        int[] negative = new int[dimension];
        java.util.Arrays.fill(negative, -127);
        checkSignedDot(dimension, negative, largest);
        checkSignedDot(dimension, largest, largest);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 64, 65, 384, 1_537})
    void signedDotAgreesWithTheFormula(int dimension) {
        Random random = new Random(dimension);
        int[] query = codes(random, dimension, 255);
        for (int j = 0; j < dimension; j++) {
            query[j] -= 127;
        }
        checkSignedDot(dimension, query, codes(random, dimension, 128));
    }

    private static int[] codes(Random random, int dimension, int bound) {
        return random.ints(dimension, 0, bound).toArray();
    }

    private static void check(int dimension, int[] x, int[] y) {
        int bytes = new RecordLayout(dimension, false).codeBytes();
        int squared = 0;
        int dot = 0;
        for (int j = 0; j < dimension; j++) {
            squared += (x[j] - y[j]) * (x[j] - y[j]);
            dot += x[j] * y[j];
        }
        byte[] codes = new byte[2 * BEFORE + 3 * bytes];
        java.util.Arrays.fill(codes, (byte) 99); // what lies around must not be read
        put(x, codes, BEFORE, bytes);
        put(y, codes, BEFORE + bytes, bytes);
        short[] query = query(x, bytes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = arena.allocate(codes.length, 64);
            MemorySegment.copy(MemorySegment.ofArray(codes), 0, mapped, 0, codes.length);
            long i = mapped.address() + BEFORE;
            long j = i + bytes;
            assertThat(CodeKernels.squared(query, j, 0, bytes)).isEqualTo(squared);
            assertThat(CodeKernels.squared(i, j, bytes)).isEqualTo(squared);
            assertThat(CodeKernels.dot(query, j, bytes)).isEqualTo(dot);
            for (int part = 128; part < bytes; part += 128) {
                assertThat(
                                CodeKernels.squared(query, j, 0, part)
                                        + CodeKernels.squared(query, j, part, bytes))
                        .isEqualTo(squared);
                assertThat(
                                CodeKernels.squared(i, j, part)
                                        + CodeKernels.squared(i + part, j + part, bytes - part))
                        .isEqualTo(squared);
            }
        }
    }

    private static void checkSignedDot(int dimension, int[] signed, int[] code) {
        int bytes = new RecordLayout(dimension, false).codeBytes();
        int dot = 0;
        for (int j = 0; j < dimension; j++) {
            dot += signed[j] * code[j];
        }
        byte[] codes = new byte[bytes];
        put(code, codes, 0, bytes);
        short[] query = query(signed, bytes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = arena.allocate(bytes, 64);
            MemorySegment.copy(MemorySegment.ofArray(codes), 0, mapped, 0, bytes);
            assertThat(CodeKernels.dot(query, mapped.address(), bytes)).isEqualTo(dot);
        }
    }

    private static void put(int[] code, byte[] to, int at, int bytes) {
        for (int j = 0; j < bytes; j++) {
            to[at + j] = (byte) (j < code.length ? code[j] : 0);
        }
    }

    private static short[] query(int[] code, int bytes) {
        short[] query = new short[bytes];
        for (int j = 0; j < code.length; j++) {
            query[QueryOrder.place(j)] = (short) code[j];
        }
        return query;
    }
}
