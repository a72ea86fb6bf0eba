package io.vectron.index.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class BlockGuardTest {

    private static final int BLOCK = BlockGuard.BLOCK_BYTES;
    private static final int SIZE = 70 * BLOCK + 123;
    private static final long FILE_OFFSET = 4096;

    private final byte[] bytes = new byte[SIZE];
    private final Verdict verdict = new Verdict(Path.of("some.vsg"));
    private final BlockGuard guard;

    BlockGuardTest() {
        new Random(1).nextBytes(bytes);
        int[] checksums = new int[71];
        for (int i = 0; i < checksums.length; i++) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, i * BLOCK, Math.min(BLOCK, SIZE - i * BLOCK));
            checksums[i] = (int) crc.getValue();
        }
        guard =
                new BlockGuard(
                        verdict,
                        "records",
                        (at, into, length) ->
                                System.arraycopy(bytes, (int) (at - FILE_OFFSET), into, 0, length),
                        FILE_OFFSET,
                        SIZE,
                        checksums);
    }

    @Test
    void isCompleteWhenTheLastBlockWasTouched() {
        for (int block = 0; block < 71; block++) {
            assertThat(guard.complete()).isFalse();
            assertThat(guard.unknownBlocks()).isEqualTo(71 - block);
            guard.touch((long) block * BLOCK + 5, 7);
        }
        assertThat(guard.complete()).isTrue();
        guard.touch(0, SIZE);
    }

    @Test
    void findsAWrongByteInEveryBlockThatARangeReaches() {
        bytes[3 * BLOCK] ^= 1;
        guard.touch(0, 3 * BLOCK);
        assertThatThrownBy(() -> guard.touch(2 * BLOCK, BLOCK + 1))
                .isInstanceOf(CorruptSegmentException.class)
                .hasMessageContaining("some.vsg is corrupt at byte " + (FILE_OFFSET + 3 * BLOCK))
                .hasMessageContaining("records, block 3");
    }

    @Test
    void findsAWrongByteInTheShortLastBlock() {
        bytes[SIZE - 1] ^= 0x40;
        assertThatThrownBy(() -> guard.touch(SIZE - 1, 1))
                .isInstanceOfSatisfying(
                        CorruptSegmentException.class,
                        e -> assertThat(e.offset()).isEqualTo(FILE_OFFSET + 70L * BLOCK));
    }

    @Test
    void refusesGoodBlocksOnceOneIsBad() {
        bytes[9] ^= 1;
        guard.touch(BLOCK, 1);
        assertThatThrownBy(() -> guard.touch(0, 1)).isInstanceOf(CorruptSegmentException.class);
        bytes[9] ^= 1; // too late: a disk that lied once is not believed again
        assertThatThrownBy(() -> guard.touch(0, 1)).isInstanceOf(CorruptSegmentException.class);
        assertThatThrownBy(() -> guard.touch(BLOCK, 1)).isInstanceOf(CorruptSegmentException.class);
        assertThat(verdict.found()).isNotNull();
    }

    @Test
    void scrubReadsEverythingAgain() throws InterruptedException {
        long[] read = new long[1];
        guard.scrub(n -> read[0] += n);
        assertThat(read[0]).isEqualTo(SIZE);
        assertThat(guard.complete()).isTrue();
        bytes[40 * BLOCK] ^= 1;
        assertThatThrownBy(() -> guard.scrub(Pace.unbounded()))
                .isInstanceOf(CorruptSegmentException.class)
                .hasMessageContaining("block 40");
        assertThat(guard.complete()).isFalse();
        assertThatThrownBy(() -> guard.touch(0, 1)).isInstanceOf(CorruptSegmentException.class);
    }

    @Test
    void manyThreadsCompleteItTogether() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int seed = 0; seed < 4; seed++) {
                Random random = new Random(seed);
                tasks.add(() -> {
                    while (!guard.complete()) {
                        guard.touch(random.nextInt(SIZE - 100), 100);
                    }
                    return guard.complete();
                });
            }
            for (Future<Boolean> done : threads.invokeAll(tasks)) {
                assertThat(done.get()).isTrue();
            }
        }
        assertThat(guard.unknownBlocks()).isZero();
    }

    @Test
    void memoryNeedsNoChecks() {
        assertThat(BlockGuard.trusting().complete()).isTrue();
    }

    @Test
    void pacesAreAtMostTheRate() throws InterruptedException {
        long start = System.nanoTime();
        Pace pace = Pace.atMost(10_000_000, () -> true);
        for (int i = 0; i < 10; i++) {
            pace.read(50_000);
        }
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000);
    }

    @Test
    void aPaceEndsSoonHoweverLongItWouldWait() {
        AtomicInteger asked = new AtomicInteger();
        Pace year = Pace.atMost(1, () -> asked.incrementAndGet() < 3);
        assertThatThrownBy(() -> year.read(30_000_000)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void refusesAWrongNumberOfChecksums() {
        assertThatThrownBy(() ->
                        new BlockGuard(
                                verdict,
                                "floats",
                                (at, into, length) -> {},
                                0,
                                BLOCK + 1,
                                new int[1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatCannotBeReadIsCorrupt() {
        BlockGuard unreadable =
                new BlockGuard(
                        verdict,
                        "floats",
                        (at, into, length) -> {
                            throw new IOException("bad sector");
                        },
                        0,
                        BLOCK,
                        new int[1]);
        assertThatThrownBy(() -> unreadable.touch(0, 1))
                .isInstanceOf(CorruptSegmentException.class)
                .hasMessageContaining("floats, block 0 cannot be read")
                .hasSuppressedException(new IOException("bad sector"));
    }
}
