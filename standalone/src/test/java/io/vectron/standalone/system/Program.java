package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that ran to its end.
 *
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Program(List<String> command, int exit, String out, String err) {
    /** Installing packages is the slowest of what is run. */
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    /** Runs a program in a folder, gives it its input, and waits for it. */
    static Program run(
            Path folder, Map<String, String> environment, String in, List<String> command)
            throws IOException, InterruptedException {
        Path files = Files.createTempDirectory(Files.createDirectories(folder), "run");
        Path input = Files.writeString(files.resolve("in"), in);
        Path output = files.resolve("out");
        Path errors = files.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectInput(input.toFile())
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
        builder.environment().putAll(environment);
        try {
            int exit = end(builder.start(), command);
            return new Program(
                    command,
                    exit,
                    Files.readString(output, UTF_8),
                    Files.readString(errors, UTF_8));
        } finally {
            for (Path file : List.of(input, output, errors, files)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static int end(Process process, List<String> command) throws InterruptedException {
        if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(command + " still runs after " + DEADLINE);
        }
        return process.exitValue();
    }

    /** The lines it printed, once it has ended well. */
    List<String> lines() {
        if (exit != 0) {
            throw new AssertionError(command + " ended with " + exit + ":\n" + out + err);
        }
        return out.lines().toList();
    }
}
