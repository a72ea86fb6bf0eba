package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.run.DataFolder;
import io.vectron.standalone.run.RefusedException;
import io.vectron.standalone.run.Standalone;
import io.vectron.standalone.run.StandaloneConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** A Vectron that runs until the command ends or the process is told to stop. */
final class Running implements AutoCloseable {
    private final Standalone standalone;
    private final Duration startTime;
    private final Stopping stopping;

    private Running(Standalone standalone, Duration startTime, Stopping stopping) {
        this.standalone = standalone;
        this.startTime = startTime;
        this.stopping = stopping;
    }

    /**
     * Starts everything. From then on SIGINT and SIGTERM stop it in order; before, they end the
     * process at once, which loses nothing.
     */
    static Running start(Path data, PlaceOptions options, Screen screen)
            throws IOException, RefusedException {
        StandaloneConfig config = options.config(data);
        DataFolder folder = DataFolder.open(data);
        logTo(folder.logFile());
        screen.line("starting in " + folder.root() + " (log: " + folder.logFile() + ")");
        Standalone standalone = Standalone.start(config, folder);
        return new Running(standalone, sinceStart(), Stopping.atExit(screen, standalone::close));
    }

    /** To be called before the first line is logged: logback and Flink's dashboard read it. */
    static void logTo(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        System.setProperty("log.file", file.toString());
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /** From the start of the JVM until now. */
    static Duration sinceStart() {
        long startMs = ManagementFactory.getRuntimeMXBean().getStartTime();
        return Duration.ofMillis(System.currentTimeMillis() - startMs);
    }

    Standalone standalone() {
        return standalone;
    }

    /** From the start of the JVM until everything was ready. */
    Duration startTime() {
        return startTime;
    }

    /** Does {@code task} before anything is stopped. */
    void beforeStop(Runnable task) {
        stopping.before(task);
    }

    /** Stops everything in order and says so. Idempotent. */
    @Override
    public void close() {
        stopping.run();
    }
}
