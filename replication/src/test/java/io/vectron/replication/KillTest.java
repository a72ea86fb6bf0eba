package io.vectron.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process with SIGKILL in the middle of its proposals, and looks at what is left. */
final class KillTest {
    private static final GroupId A = TestNode.group(1);
    private static final int IN_FLIGHT = 8;

    @TempDir Path folder;

    /** Proposes 0, 1, 2 … from where the state stands, and prints each number acknowledged. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws Exception {
            PrintStream out = System.out;
            // Snapshots all the time, so that some kills come in the middle of one.
            SnapshotPolicy policy = new SnapshotPolicy(40, 1 << 30, Duration.ofHours(1), 0);
            TestNode node = TestNode.started("n1", Path.of(args[0]), c -> c.withSnapshots(policy));
            if (node.node.groups().isEmpty()) {
                node.addAlone(A);
            } else {
                node.awaitLeader(A);
            }
            int next = node.state(A).entries().size();
            Deque<CompletableFuture<ProposeResult>> inFlight = new ArrayDeque<>();
            for (int acknowledged = next; ; next++) {
                byte[] entry = String.valueOf(next).getBytes(UTF_8);
                inFlight.add(node.node.propose(A, entry));
                while (inFlight.size() >= IN_FLIGHT) {
                    ProposeResult result = inFlight.remove().join();
                    if (!(result instanceof ProposeResult.Applied)) {
                        throw new IllegalStateException(result.toString());
                    }
                    out.println(acknowledged++);
                    out.flush();
                }
            }
        }
    }

    @Test
    void acknowledgedEntriesSurviveKillsInTheMiddle() throws Exception {
        int before = 0;
        for (int kill = 0; kill < 3; kill++) {
            int last = runAndKill(150 + 37 * kill);
            before = Math.max(before, last);
        }
        try (TestNode node = TestNode.started("n1", folder)) {
            node.awaitLeader(A);
            List<String> entries = node.state(A).entries();
            assertThat(entries).hasSizeGreaterThan(before);
            assertThat(entries)
                    .isEqualTo(
                            IntStream.range(0, entries.size()).mapToObj(String::valueOf).toList());
            assertThat(node.state(A).opened.getFirst().isNone()).isFalse();
        }
    }

    /** Returns the last number that the child saw acknowledged. */
    private int runAndKill(int acknowledgements) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        folder.toString()));
        Process child = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        try (BufferedReader lines = child.inputReader(UTF_8)) {
            int last = -1;
            int seen = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = Integer.parseInt(line);
                if (++seen == acknowledgements) {
                    // SIGKILL, through the handle: the process would close our end of its
                    // output, and what it had written still is to be read.
                    child.toHandle().destroyForcibly();
                }
            }
            assertThat(seen).as("acknowledged before the kill").isGreaterThan(acknowledgements / 2);
            return last;
        } finally {
            child.destroyForcibly();
            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
