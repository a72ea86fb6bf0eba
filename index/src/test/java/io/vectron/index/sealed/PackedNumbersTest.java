package io.vectron.index.sealed;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackedNumbersTest {

    private static final int ENTRY = PackedNumbers.ENTRY_BYTES;

    /** Packs them, reads all of them back, and answers the table's bytes. */
    private static int pack(int count, IntToLongFunction numbers) {
        NumberPacker packer = new NumberPacker(count, numbers);
        ByteBuffer to = ByteBuffer.allocate(Math.toIntExact(PackedNumbers.mostBytes(count)));
        to.order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < packer.elements(); i++) {
            packer.put(i, to);
        }
        MemorySegment table = MemorySegment.ofBuffer(to.flip());
        PackedNumbers packed = new PackedNumbers(count, table);
        packed.check(Path.of("some.vsg"), 0);
        for (int i = 0; i < count; i++) {
            assertThat(packed.at(i)).as("number %d", i).isEqualTo(numbers.applyAsLong(i));
            assertThat(packed.writtenAt(i)).isBetween(0L, table.byteSize() - 1);
        }
        return to.limit();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 255, 256, 257, 512, 1_000})
    void numbersOnALineTakeNoBytesOfTheirOwn(int count) {
        int entries = (count + 255) / 256 * ENTRY;
        assertThat(pack(count, i -> 7)).isEqualTo(entries);
        assertThat(pack(count, i -> i)).isEqualTo(entries);
        assertThat(pack(count, i -> 5_000_000_000L + 36L * i)).isEqualTo(entries);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "255, 1",
        "256, 2",
        "65535, 2",
        "65536, 4",
        "4294967295, 4",
        "4294967296, 8",
        "9223372036854774000, 8",
    })
    void othersTakeWhatTheFarthestOneNeeds(long jump, int width) {
        // In each block the last number lies above all others, which lie on a line.
        IntToLongFunction numbers = i -> i < 299 ? i : i + jump;
        assertThat(pack(300, numbers)).isEqualTo(2 * ENTRY + 44 * width);
    }

    @Test
    void aBlockIsAsWideAsItNeedsToBeAndNoOtherIs() {
        long far = 1L << 40;
        assertThat(pack(768, i -> i < 300 ? i : far + i)).isEqualTo(3 * ENTRY + 256 * 8);
        assertThat(pack(768, i -> i < 256 ? i : far + i)).isEqualTo(3 * ENTRY);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyAscendingNumbersComeBack(long seed) {
        Random random = new Random(seed);
        long[] numbers = new long[1 + random.nextInt(2_000)];
        long last = 0;
        for (int i = 0; i < numbers.length; i++) {
            last += random.nextLong(1L << random.nextInt(i % 300 == 0 ? 50 : 20));
            numbers[i] = last;
        }
        pack(numbers.length, i -> numbers[i]);
    }

    @Test
    void theWholeRangeOfNumbersFits() {
        pack(2, i -> i == 0 ? 0 : Long.MAX_VALUE);
        pack(256, i -> i < 255 ? i : Long.MAX_VALUE);
        pack(257, i -> Long.MAX_VALUE - 256 + i);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "2, 1",
        "256, 1",
        "257, 2",
        "65536, 2",
        "65537, 3",
        "16777216, 3",
        "16777217, 4",
        "536870912, 4",
    })
    void ordinalsTakeWhatTheHighestOneNeeds(int rows, int width) {
        assertThat(Ordinals.width(rows)).isEqualTo(width);
        ByteBuffer to = ByteBuffer.allocate(3 * width);
        for (int ordinal : new int[] {0, rows - 1, rows / 2}) {
            Ordinals.put(ordinal, width, to);
        }
        Ordinals table = new Ordinals(MemorySegment.ofBuffer(to.flip()), width);
        assertThat(table.at(0)).isZero();
        assertThat(table.at(1)).isEqualTo(rows - 1);
        assertThat(table.at(2)).isEqualTo(rows / 2);
    }
}
