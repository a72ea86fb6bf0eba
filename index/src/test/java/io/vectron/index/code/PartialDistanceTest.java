package io.vectron.index.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartialDistanceTest {

    private static final int DIMENSION = 384;
    private static final int ROWS = 200;

    /** Bytes of byte code up to which HotSpot inlines a hot method (FreqInlineSize). */
    private static final int INLINED = 325;

    @Test
    void theShareIsAboutAThirdWhereAllDimensionsAreAlike() {
        PartialDistance partial = learn(codes(1), DIMENSION);

        assertThat(partial.bytes()).isEqualTo(128);
        assertThat(partial.share()).isBetween(0.33f, 0.42f);
        assertThat(partial.limit(30_000)).isEqualTo((int) (30_000 * (double) partial.share()));
    }

    @Test
    void leadingDimensionsThatVaryMoreHaveAHigherShare() {
        PartialDistance partial = learn(codes(3), DIMENSION);

        assertThat(partial.share()).isBetween(0.75f, 0.95f);
    }

    @Test
    void mostNearPairsStayWithinTheLimit() {
        CodeTable codes = table(codes(1), DIMENSION);
        PartialDistance partial = PartialDistance.learn(codes, ROWS);
        int within = 0;
        int pairs = 0;
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < i; j++, pairs++) {
                int whole = codes.squared(i, j);
                within += codes.squared(i, j, 128) < partial.limit(whole) ? 1 : 0;
            }
        }
        assertThat((double) within / pairs).isBetween(0.7, 0.97);
    }

    @Test
    void shortCodesAndFewOrEqualRowsAreComparedWhole() {
        assertThat(learn(new byte[ROWS * 192], 192)).isEqualTo(PartialDistance.none(192));
        assertThat(PartialDistance.learn(table(codes(1), DIMENSION), 10))
                .isEqualTo(PartialDistance.none(DIMENSION));
        assertThat(learn(new byte[ROWS * DIMENSION], DIMENSION))
                .isEqualTo(PartialDistance.none(DIMENSION));
        assertThat(learn(new byte[0], DIMENSION)).isEqualTo(PartialDistance.none(DIMENSION));
    }

    @Test
    void aShareIsAboveZero() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PartialDistance(128, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new PartialDistance(0, 1));
    }

    /** Inlined into a walk they are four times as slow, which no other test would see. */
    @Test
    void kernelsAreTooLongToBeInlined() throws Exception {
        String file = CodeKernels.class.getSimpleName() + ".class";
        try (var in =
                java.util.Objects.requireNonNull(CodeKernels.class.getResourceAsStream(file))) {
            assertThat(ClassFile.of().parse(in.readAllBytes()).methods())
                    .filteredOn(m -> m.methodName().equalsString("wideSquared"))
                    .hasSize(2)
                    .allSatisfy(m -> assertThat(length(m)).isGreaterThan(INLINED));
        }
    }

    private static int length(MethodModel method) {
        return ((CodeAttribute) method.code().orElseThrow()).codeLength();
    }

    private static PartialDistance learn(byte[] codes, int bytes) {
        return PartialDistance.learn(table(codes, bytes), codes.length / bytes);
    }

    private static CodeTable table(byte[] codes, int bytes) {
        return CodeTables.of(Arena.ofAuto(), codes, bytes);
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
