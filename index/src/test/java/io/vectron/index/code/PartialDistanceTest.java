package io.vectron.index.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartialDistanceTest {

    private static final int DIMENSION = 384;
    private static final int ROWS = 200;

    /** Bytes of byte code up to which HotSpot inlines a hot method (FreqInlineSize). */
    private static final int INLINED = 325;

    @Test
    void theShareIsAboutAThirdWhereAllDimensionsAreAlike() {
        PartialDistance partial = PartialDistance.learn(codes(1), ROWS, DIMENSION);

        assertThat(partial.bytes()).isEqualTo(128);
        assertThat(partial.share()).isBetween(0.33f, 0.42f);
        assertThat(partial.limit(30_000)).isEqualTo((int) (30_000 * (double) partial.share()));
    }

    @Test
    void leadingDimensionsThatVaryMoreHaveAHigherShare() {
        PartialDistance partial = PartialDistance.learn(codes(3), ROWS, DIMENSION);

        assertThat(partial.share()).isBetween(0.75f, 0.95f);
    }

    @Test
    void mostNearPairsStayWithinTheLimit() {
        byte[] codes = codes(1);
        PartialDistance partial = PartialDistance.learn(codes, ROWS, DIMENSION);
        int within = 0;
        int pairs = 0;
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < i; j++, pairs++) {
                int whole = distance(codes, i, j, DIMENSION);
                within += distance(codes, i, j, 128) < partial.limit(whole) ? 1 : 0;
            }
        }
        assertThat((double) within / pairs).isBetween(0.7, 0.97);
    }

    @Test
    void shortCodesAndFewOrEqualRowsAreComparedWhole() {
        assertThat(PartialDistance.learn(new byte[ROWS * 192], ROWS, 192))
                .isEqualTo(PartialDistance.none(192));
        assertThat(PartialDistance.learn(codes(1), 10, DIMENSION))
                .isEqualTo(PartialDistance.none(DIMENSION));
        assertThat(PartialDistance.learn(new byte[ROWS * DIMENSION], ROWS, DIMENSION))
                .isEqualTo(PartialDistance.none(DIMENSION));
        assertThat(PartialDistance.learn(new byte[0], 0, DIMENSION))
                .isEqualTo(PartialDistance.none(DIMENSION));
    }

    @Test
    void aShareIsAboveZero() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PartialDistance(128, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new PartialDistance(0, 1));
    }

    /** Inlined into a walk they are four times as slow, which no other test would see. */
    @Test
    void kernelsAreTooLongToBeInlined() throws Exception {
        for (Class<?> kernels : new Class<?>[] {HeapCodes.class, MappedCodes.class}) {
            String file = kernels.getSimpleName() + ".class";
            try (var in = java.util.Objects.requireNonNull(kernels.getResourceAsStream(file))) {
                assertThat(ClassFile.of().parse(in.readAllBytes()).methods())
                        .filteredOn(m -> m.methodName().equalsString("wideSquared"))
                        .filteredOn(m -> m.methodTypeSymbol().parameterType(0).isArray())
                        .filteredOn(m ->
                                m.methodTypeSymbol()
                                        .parameterType(0)
                                        .descriptorString()
                                        .equals("[S"))
                        .isNotEmpty()
                        .allSatisfy(m -> assertThat(length(m)).isGreaterThan(INLINED));
            }
        }
    }

    private static int length(MethodModel method) {
        return ((CodeAttribute) method.code().orElseThrow()).codeLength();
    }

    private static int distance(byte[] codes, int i, int j, int bytes) {
        return HeapCodes.squared(codes, i * DIMENSION, codes, j * DIMENSION, bytes);
    }

    /** Random codes whose first 128 dimensions vary {@code times} as much as the others. */
    private static byte[] codes(int times) {
        Random random = new Random(7);
        byte[] codes = new byte[ROWS * DIMENSION];
        for (int i = 0; i < codes.length; i++) {
            int spread = i % DIMENSION < 128 ? 20 * times : 20;
            codes[i] = (byte) (64 + random.nextInt(-spread, spread + 1));
        }
        return codes;
    }
}
