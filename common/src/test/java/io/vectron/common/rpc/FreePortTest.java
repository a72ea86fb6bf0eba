package io.vectron.common.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreePortTest {

    /** Prints so many ports and holds none of them, but lives until its input ends. */
    static final class Asking {
        private Asking() {}

        public static void main(String[] args) throws IOException {
            for (int i = 0; i < Integer.parseInt(args[0]); i++) {
                System.out.println(FreePort.any());
            }
            while (System.in.read() >= 0) {
                // Whoever started us still wants these ports.
            }
        }
    }

    @Test
    void processesThatAskAtTheSameTimeNeverGetTheSame() throws Exception {
        int processes = 4;
        int each = 500;
        List<Process> asking = new ArrayList<>();
        Set<Integer> given = new HashSet<>();
        try {
            for (int i = 0; i < processes; i++) {
                asking.add(start(each));
            }
            for (Process process : asking) {
                process.inputReader()
                        .lines()
                        .limit(each)
                        .map(Integer::parseInt)
                        .forEach(given::add);
            }
            for (int i = 0; i < each; i++) {
                given.add(FreePort.any());
            }
        } finally {
            asking.forEach(Process::destroyForcibly);
        }
        assertThat(given).hasSize((processes + 1) * each);
    }

    @Test
    void aPortWhereSomebodyListensIsLeftOut() throws Exception {
        int before;
        do {
            before = FreePort.any();
        } while (before + 1 != FreePort.any()); // The last of a block has no next one in it.
        int next = before + 2;
        try (ServerSocket stranger = new ServerSocket(next, 1, InetAddress.getLoopbackAddress())) {
            assertThat(FreePort.any()).isNotEqualTo(stranger.getLocalPort());
        }
    }

    @Test
    void aBlockIsConsecutiveAndGivenOutOnce() throws Exception {
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            int first = FreePort.block();
            for (int port = first; port < first + FreePort.BLOCK; port++) {
                assertThat(given.add(port)).as("port %d", port).isTrue();
            }
        }
        for (int i = 0; i < 3 * FreePort.BLOCK; i++) {
            assertThat(given.add(FreePort.any())).isTrue();
        }
    }

    private static Process start(int ports) {
        try {
            return new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Asking.class.getName(),
                            "" + ports)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
