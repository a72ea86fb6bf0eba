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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** A Vectron that runs until the command ends or the process is told to stop. */
final class Running implements AutoCloseable {
    private final Standalone standalone;
    private final Duration startTime;
    private final Screen screen;
    private final List<Runnable> first = new ArrayList<>(); // by this
    private boolean closed; // by this

    private Running(Standalone standalone, Duration startTime, Screen screen) {
        this.standalone = standalone;
        this.startTime = startTime;
        this.screen = screen;
    }

    /**
     * Starts everything. From then on SIGINT and SIGTERM stop it in order; before, they end the
     * process at once, which loses nothing.
     */
    static Running start(Path data, PlaceOptions options, Screen screen)
            throws IOException, RefusedException {
        StandaloneConfig config = options.config(data);
        DataFolder folder = DataFolder.open(data);
        // Before the first line is logged: logback and Flink's dashboard read it.
        Files.createDirectories(folder.logFile().getParent());
        System.setProperty("log.file", folder.logFile().toString());
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        screen.line("starting in " + folder.root() + " (log: " + folder.logFile() + ")");
        Standalone standalone = Standalone.start(config, folder);
        long sinceStartMs =
                System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
        Running running = new Running(standalone, Duration.ofMillis(sinceStartMs), screen);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(running::close));
        return running;
    }

    Standalone standalone() {
        return standalone;
    }

    /** From the start of the JVM until everything was ready. */
    Duration startTime() {
        return startTime;
    }

    /** Does {@code task} before anything is stopped. */
    synchronized void beforeStop(Runnable task) {
        first.add(task);
    }

    /** Stops everything in order and says so. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        long began = System.nanoTime();
        List<String> stopped = new ArrayList<>();
        screen.clearStatus();
        screen.line("stopping");
        try {
            first.forEach(Runnable::run);
            standalone.close(piece -> stopped.add(piece.toString()));
        } catch (IOException | RuntimeException e) {
            LoggerFactory.getLogger(Running.class).error("stop went wrong", e);
        }
        screen.line(
                String.format(
                        Locale.ROOT,
                        "stopped in %.1f s: %s",
                        (System.nanoTime() - began) / 1e9,
                        String.join(", ", stopped)));
    }
}
