package io.vectron.standalone.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of the system that does one small thing. */
final class Tool {
    private static final int LIMIT_SECONDS = 60;

    private Tool() {}

    /**
     * Runs it to its end.
     *
     * @throws IOException if it is not there or fails, with what it said
     */
    static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(List.of(command) + " does not end");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted during " + List.of(command), e);
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    String.join(" ", command) + ": " + process.exitValue() + " " + said);
        }
    }
}
