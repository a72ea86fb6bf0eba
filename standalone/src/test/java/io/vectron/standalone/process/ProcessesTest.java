package io.vectron.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.standalone.run.DataFolder;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String FOR_EVER = "while :; do sleep 0.05; done";
    private static final String AGAIN = "exec /bin/sh -c \"$1\" \"$0\" \"$1\"";

    @TempDir Path root;

    private final List<StartedProcess> started = new ArrayList<>();

    @AfterEach
    void end() throws IOException {
        for (StartedProcess process : started) {
            Processes.kill(process);
        }
    }

    @Test
    void aStartedProcessIsFoundAndEndsWhenAsked() throws Exception {
        StartedProcess process = start(FOR_EVER);
        assertThat(Processes.alive(process)).isTrue();
        assertThat(Processes.residentBytes(process)).isPositive();

        Processes.terminate(process);

        assertThat(Processes.awaitEnd(process, SOON)).isTrue();
        assertThat(Processes.alive(process)).isFalse();
        assertThat(Processes.residentBytes(process)).isEqualTo(-1);
    }

    @Test
    void aProcessThatReplacesItsProgramIsAliveAllTheWhile() throws Exception {
        // A shell that becomes the next one, and so on, the mark in the command line of each.
        StartedProcess process = start("exec /bin/sh -c '" + AGAIN + "' \"$0\" '" + AGAIN + "'");
        for (int look = 0; look < 5_000; look++) {
            assertThat(Processes.alive(process)).as("look %d", look).isTrue();
        }
    }

    @Test
    void aProcessThatDoesNotListenIsKilled() throws Exception {
        StartedProcess process = start("trap '' TERM; echo ready; " + FOR_EVER);
        awaitOutput("ready");

        Processes.terminate(process);
        assertThat(Processes.awaitEnd(process, Duration.ofMillis(200))).isFalse();
        Processes.kill(process);
        assertThat(Processes.awaitEnd(process, SOON)).isTrue();
    }

    @Test
    void aSuspendedProcessStandsStillUntilItIsResumed() throws Exception {
        StartedProcess process = start(FOR_EVER);
        Processes.suspend(process);
        awaitState(process, "T");
        assertThat(Processes.alive(process)).isTrue();
        Processes.resume(process);
        awaitState(process, "S");
        Processes.kill(process);
        assertThat(Processes.awaitEnd(process, SOON)).isTrue();
        Processes.suspend(process); // it has ended: nothing
    }

    @Test
    void aProcessThatWasGivenThePidLaterIsNotTouched() throws Exception {
        StartedProcess process = start(FOR_EVER);
        for (StartedProcess other :
                List.of(
                        new StartedProcess(
                                process.pid(), "another boot:1", process.mark(), process.since()),
                        new StartedProcess(
                                process.pid(), process.start(), "mark", process.since()))) {
            assertThat(Processes.alive(other)).isFalse();
            Processes.terminate(other);
            Processes.kill(other);
            assertThat(Processes.awaitEnd(other, Duration.ZERO)).isTrue();
        }
        assertThat(Processes.alive(process)).isTrue();
    }

    @Test
    void theNoteTellsWhoRunsAndAnotherOwnerOfTheFolderIsRefused() throws Exception {
        Path folder = root.resolve("data");
        try (DataFolder data = DataFolder.open(folder)) {
            assertThat(ProcessFile.running(data.root())).isEmpty();
        }
        ProcessFile note = new ProcessFile(Files.createDirectories(folder.resolve("part")), "part");
        assertThat(note.read()).isNull();
        StartedProcess process = start(FOR_EVER);
        note.write(process);

        assertThat(note.read()).isEqualTo(process);
        assertThat(Files.readString(folder.resolve("part/part.pid")).strip())
                .isEqualTo("" + process.pid());
        assertThat(ProcessFile.running(folder)).containsExactly(process);
        assertThatThrownBy(() -> DataFolder.open(folder))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("in use by a cluster (process " + process.pid() + ")");
        DataFolder.openForProcesses(folder).close();

        Processes.kill(process);
        assertThat(Processes.awaitEnd(process, SOON)).isTrue();
        assertThat(note.read()).as("it died, and was not stopped").isEqualTo(process);
        DataFolder.open(folder).close();
        note.delete();
        assertThat(note.read()).isNull();
    }

    @Test
    void aDamagedNoteIsSaidToBeSo() throws Exception {
        Files.writeString(root.resolve("part.process"), "pid=soon\n");
        assertThatThrownBy(() -> new ProcessFile(root, "part").read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("part.process is damaged");
    }

    @Test
    void whatTheLastOneSaidIsKept() throws Exception {
        StartedProcess first = start("echo first; " + FOR_EVER);
        awaitOutput("first");
        Processes.kill(first);
        assertThat(Processes.awaitEnd(first, SOON)).isTrue();
        StartedProcess second = start("echo second; " + FOR_EVER);
        assertThat(Processes.alive(second)).isTrue();
        assertThat(Files.readString(root.resolve("part/logs/part.out.1"))).isEqualTo("first\n");
    }

    /** Waits until it is in a state, as {@code /proc} names it. */
    private static void awaitState(StartedProcess process, String state) throws IOException {
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        long deadline = System.nanoTime() + SOON.toNanos();
        String now;
        do {
            String line = Files.readString(stat);
            now = line.substring(line.lastIndexOf(')') + 2, line.lastIndexOf(')') + 3);
            assertThat(System.nanoTime()).as("state " + now).isLessThan(deadline);
        } while (!now.equals(state));
    }

    private void awaitOutput(String word) throws IOException {
        Path output = root.resolve("part/logs/part.out");
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!Files.readString(output).contains(word)) {
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }

    private StartedProcess start(String script) throws IOException {
        String mark = UUID.randomUUID().toString();
        StartedProcess process =
                Processes.start(
                        new Launch(
                                "part",
                                Files.createDirectories(root.resolve("part")),
                                List.of("/bin/sh", "-c", script, mark),
                                Map.of(),
                                mark));
        started.add(process);
        return process;
    }
}
