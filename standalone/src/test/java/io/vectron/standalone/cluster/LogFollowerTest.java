package io.vectron.standalone.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFollowerTest {
    @TempDir Path folder;

    private Path log;

    @BeforeEach
    void log() {
        log = folder.resolve("x.log");
    }

    @Test
    void showsWhatIsAddedInWholeLines() throws Exception {
        add("before\n");
        LogFollower follower = new LogFollower(log);
        assertThat(follower.next()).isEmpty();
        add("one\ntw");
        assertThat(follower.next()).containsExactly("one");
        add("ö\n");
        assertThat(follower.next()).containsExactly("twö");
    }

    @Test
    void goesOnWithTheFileThatTookThePlaceOfOneMovedAway() throws Exception {
        add("a long line before\n");
        LogFollower follower = new LogFollower(log);
        Files.move(log, folder.resolve("x.log.1"));
        assertThat(follower.next()).isEmpty();
        add("new\n");
        assertThat(follower.next()).containsExactly("new");
    }

    @Test
    void waitsForAFileThatIsNotThereYet() throws Exception {
        LogFollower follower = new LogFollower(log);
        assertThat(follower.next()).isEmpty();
        add("first\n");
        assertThat(follower.next()).containsExactly("first");
    }

    @Test
    void anEndlessLineIsCutRatherThanKept() throws Exception {
        LogFollower follower = new LogFollower(log);
        add("x".repeat(3 << 20));
        int shown = 0;
        List<String> lines;
        for (int i = 0; i < 100; i++) {
            lines = follower.next();
            shown += lines.stream().mapToInt(String::length).sum();
        }
        assertThat(shown).isGreaterThan(1 << 20);
    }

    @Test
    void theLastLinesAreThoseAtTheEndEvenOfALargeFile() throws Exception {
        assertThat(Logs.last(log, 3)).isEmpty();
        add("only\n");
        assertThat(Logs.last(log, 3)).containsExactly("only");
        assertThat(Logs.last(log, 0)).isEmpty();
        StringBuilder many = new StringBuilder();
        IntStream.range(0, 100_000)
                .forEach(i -> many.append("line number ").append(i).append('\n'));
        add(many.toString());
        assertThat(Logs.last(log, 2)).containsExactly("line number 99998", "line number 99999");
        assertThat(Logs.last(log, Integer.MAX_VALUE))
                .hasSizeLessThan(100_000)
                .allMatch(line -> line.startsWith("line number "));
    }

    private void add(String text) throws IOException {
        Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
