package io.vectron.index.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentChannelTest {

    @TempDir Path folder;

    @Test
    void readsOnThoughItsThreadsAreInterrupted() throws Exception {
        byte[] content = new byte[100_000];
        new Random(1).nextBytes(content);
        Path file = Files.write(folder.resolve("file"), content);
        AtomicInteger wrong = new AtomicInteger();
        AtomicInteger interruptsSeen = new AtomicInteger();
        try (SegmentChannel channel = SegmentChannel.open(file)) {
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                readers.add(
                        Thread.ofPlatform()
                                .name("reader-" + i)
                                .start(() -> read(channel, content, wrong, interruptsSeen)));
            }
            while (readers.stream().anyMatch(Thread::isAlive)) {
                readers.forEach(Thread::interrupt);
                Thread.onSpinWait();
            }
        }
        assertThat(wrong).hasValue(0);
        assertThat(interruptsSeen.get()).isPositive();
    }

    private static void read(
            SegmentChannel channel, byte[] content, AtomicInteger wrong, AtomicInteger seen) {
        byte[] into = new byte[1];
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        // Until somebody has been interrupted: where there are few cores that may take a while.
        for (int i = 0; i < 5000 || (seen.get() == 0 && System.nanoTime() < deadline); i++) {
            int at = i % 5000 * 20;
            try {
                channel.read(at, into, 1);
            } catch (IOException e) {
                wrong.incrementAndGet();
            }
            if (into[0] != content[at]) {
                wrong.incrementAndGet();
            }
            if (Thread.interrupted()) { // kept for the caller
                seen.incrementAndGet();
            }
        }
    }

    @Test
    void saysWhereTheFileEnds() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[10]);
        try (SegmentChannel channel = SegmentChannel.open(file)) {
            assertThatThrownBy(() -> channel.read(5, new byte[6], 6))
                    .isInstanceOf(EOFException.class)
                    .hasMessage(file + " ends at 10");
        }
    }

    @Test
    void isNotOpenedAnewOnceClosed() throws IOException {
        SegmentChannel channel = SegmentChannel.open(Files.write(folder.resolve("f"), new byte[1]));
        channel.close();
        assertThatThrownBy(() -> channel.read(0, new byte[1], 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is closed");
    }
}
