package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.run.Piece;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** Stops what runs in this process, once, and says so. Safe for use by several threads. */
final class Stopping implements Runnable {
    private final Screen screen;
    private final Parts parts;
    private final List<Runnable> first = new ArrayList<>(); // by this
    private boolean done; // by this

    /** What is to be stopped. */
    interface Parts {
        /** Stops all of it in order; {@code stopped} is told of each piece. */
        void close(Consumer<Piece> stopped) throws IOException;
    }

    private Stopping(Screen screen, Parts parts) {
        this.screen = screen;
        this.parts = parts;
    }

    /** From now on SIGINT and SIGTERM stop it in order. */
    static Stopping atExit(Screen screen, Parts parts) {
        Stopping stopping = new Stopping(screen, parts);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(stopping));
        return stopping;
    }

    /** Does {@code task} before anything is stopped. */
    synchronized void before(Runnable task) {
        first.add(task);
    }

    /** Stops everything in order and says so. Idempotent. */
    @Override
    public synchronized void run() {
        if (done) {
            return;
        }
        done = true;
        long began = System.nanoTime();
        List<String> stopped = new ArrayList<>();
        screen.clearStatus();
        screen.line("stopping");
        try {
            first.forEach(Runnable::run);
            parts.close(piece -> stopped.add(piece.toString()));
        } catch (IOException | RuntimeException e) {
            LoggerFactory.getLogger(Stopping.class).error("stop went wrong", e);
        }
        screen.line(
                String.format(
                        Locale.ROOT,
                        "stopped in %.1f s: %s",
                        (System.nanoTime() - began) / 1e9,
                        String.join(", ", stopped)));
    }
}
