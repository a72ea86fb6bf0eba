package io.vectron.standalone.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts processes that live on when this one ends, finds them again, and ends them. No other
 * process is ever touched: each is told by pid, start and command line.
 */
public final class Processes {
    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final Duration LOOK = Duration.ofMillis(20);

    private Processes() {}

    /**
     * Starts a process in a session of its own: neither the end of this process, nor Ctrl-C or the
     * end of the terminal reach it. What its predecessor wrote to the standard streams is kept.
     *
     * @throws IOException if it cannot be started, or ends before it can be told from others
     */
    public static StartedProcess start(Launch launch) throws IOException {
        if (!ProcessTable.exists() || !Files.isExecutable(SETSID)) {
            throw new IOException(
                    "processes of their own need Linux with /proc and " + SETSID + " (util-linux)");
        }
        Path output = launch.output();
        Files.createDirectories(output.getParent());
        if (Files.exists(output)) {
            Path before = output.resolveSibling(output.getFileName() + ".1");
            Files.move(output, before, StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> command = new ArrayList<>(List.of(SETSID.toString()));
        command.addAll(launch.command());
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(launch.folder().toFile())
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().putAll(launch.environment());
        long pid = builder.start().pid();
        String start = ProcessTable.start(pid);
        if (start == null) {
            throw new IOException(launch.name() + " ended at once; see " + output);
        }
        return new StartedProcess(pid, start, launch.mark(), Instant.now());
    }

    /**
     * Whether this very process runs. While a process replaces its program (and {@code setsid} does
     * so right after its start) there is no command line for a moment: then the start alone tells.
     */
    public static boolean alive(StartedProcess process) throws IOException {
        List<String> line = ProcessTable.commandLine(process.pid());
        // The start is read last: an ended process has no command line either.
        return (line.isEmpty() || line.contains(process.mark()))
                && process.start().equals(ProcessTable.start(process.pid()));
    }

    /** Bytes in RAM, shared pages counted in proportion; -1 if it does not run. */
    public static long residentBytes(StartedProcess process) throws IOException {
        return alive(process) ? ProcessTable.proportionalBytes(process.pid()) : -1;
    }

    /** Asks the process to end (SIGTERM); if it has ended already, nothing. */
    public static void terminate(StartedProcess process) throws IOException {
        if (alive(process)) {
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroy);
        }
    }

    /** Ends the process (SIGKILL); if it has ended already, nothing. */
    public static void kill(StartedProcess process) throws IOException {
        if (alive(process)) {
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Stops the process where it is (SIGSTOP), until it is resumed; if it has ended, nothing. */
    public static void suspend(StartedProcess process) throws IOException {
        signal(process, "STOP");
    }

    /** Lets a suspended process go on (SIGCONT); if it has ended, nothing. */
    public static void resume(StartedProcess process) throws IOException {
        signal(process, "CONT");
    }

    private static void signal(StartedProcess process, String signal) throws IOException {
        if (!alive(process)) {
            return;
        }
        Process kill =
                new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + process.pid())
                        .redirectErrorStream(true)
                        .start();
        try {
            String said = new String(kill.getInputStream().readAllBytes(), UTF_8).strip();
            if (kill.waitFor() != 0 && alive(process)) {
                throw new IOException("SIG" + signal + " to " + process.pid() + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a signal was sent", e);
        }
    }

    /** Waits until the process has ended; false if it has not within {@code limit}. */
    public static boolean awaitEnd(StartedProcess process, Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        // The system tells of the end of children only, and this one may be somebody else's.
        while (alive(process)) {
            if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        return true;
    }
}
