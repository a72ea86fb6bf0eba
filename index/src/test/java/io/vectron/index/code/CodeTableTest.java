package io.vectron.index.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodeTableTest {

    /** Lengths of which many, few and one fit a chunk, and more than a chunk holds. */
    @ParameterizedTest
    @ValueSource(ints = {64, 384, 1 << 19, 1 << 20, 1 << 21})
    void codesAreKeptFromTheBeginningOfALine(int bytes) {
        int rows = Math.max(3, (5 << 19) / bytes); // two chunks and a half
        byte[][] codes = new byte[rows][bytes];
        Random random = new Random(bytes);
        try (Arena arena = Arena.ofConfined()) {
            CodeTable table = new CodeTable(arena, bytes, rows);
            for (int row = 0; row < rows; row++) {
                random.nextBytes(codes[row]);
                table.set(row, MemorySegment.ofArray(codes[row]), 0);
            }
            for (int row = 0; row < rows; row++) {
                assertThat(table.address(row) % RecordLayout.LINE_BYTES).isZero();
                for (int at : new int[] {0, bytes / 2, bytes - 1}) {
                    assertThat(OffHeap.byteAt(table.address(row) + at)).isEqualTo(codes[row][at]);
                }
            }
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .as("behind the last")
                    .isThrownBy(() -> table.set(rows, MemorySegment.ofArray(codes[0]), 0));
        }
    }

    @Test
    void aRowIsCopiedFromAnotherTable() {
        byte[] codes = new byte[3 * 128];
        codes[2 * 128 + 5] = 7;
        try (Arena arena = Arena.ofConfined()) {
            CodeTable from = CodeTables.of(arena, codes, 128);
            CodeTable to = new CodeTable(arena, 128, 1);
            to.set(0, from, 2);
            assertThat(OffHeap.byteAt(to.address(0) + 5)).isEqualTo((byte) 7);
            assertThat(from.squared(0, 2)).isEqualTo(49);
        }
    }

    @Test
    void whereNothingWasWrittenIsNoAddress() {
        try (Arena arena = Arena.ofConfined()) {
            CodeTable table = new CodeTable(arena, 64, 100_000);
            table.set(0, MemorySegment.ofArray(new byte[64]), 0);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> table.address(99_999))
                    .withMessageContaining("row 99999 was not written");
            assertThatIllegalArgumentException().isThrownBy(() -> table.squared(0, 99_999));
        }
    }

    @Test
    void codesAreWholeLinesAndThereIsAtLeastOne() {
        try (Arena arena = Arena.ofConfined()) {
            assertThatIllegalArgumentException().isThrownBy(() -> new CodeTable(arena, 65, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> new CodeTable(arena, 0, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> new CodeTable(arena, 64, 0));
        }
    }
}
