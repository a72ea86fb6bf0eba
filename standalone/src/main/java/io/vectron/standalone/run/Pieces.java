package io.vectron.standalone.run;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pieces that run, and how long each took to start. Safe for use by several threads. */
final class Pieces {
    private static final Logger log = LoggerFactory.getLogger(Pieces.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(9);
    private static final Duration LEAST_STOP_LIMIT = Duration.ofMillis(300);

    private final Map<Piece, AutoCloseable> running = new EnumMap<>(Piece.class); // by this
    private final Map<Piece, Duration> times = new EnumMap<>(Piece.class); // by this
    private boolean stopping; // by this

    /** Starts a piece on a thread of its own as soon as those it needs have started. */
    <T extends AutoCloseable> CompletableFuture<T> start(
            Piece piece, Callable<T> start, CompletableFuture<?>... needs) {
        Executor own = task -> Thread.ofPlatform().name("start-" + piece).daemon().start(task);
        return CompletableFuture.allOf(needs).thenApplyAsync(nothing -> run(piece, start), own);
    }

    private <T extends AutoCloseable> T run(Piece piece, Callable<T> start) {
        long began = System.nanoTime();
        T started;
        try {
            started = start.call();
        } catch (Exception e) {
            throw new CompletionException(new PieceFailedException(piece, e));
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        log.info("{} started in {} ms", piece, took.toMillis());
        synchronized (this) {
            if (!stopping) {
                running.put(piece, started);
                times.put(piece, took);
                return started;
            }
        }
        // Another piece failed, or the person gave up, while this one was starting.
        close(piece, started, STOP_LIMIT);
        throw new CompletionException(
                new PieceFailedException(piece, new IOException("stopped while starting")));
    }

    synchronized Map<Piece, Duration> times() {
        return Map.copyOf(times);
    }

    /** Stops what runs, in the order of {@link Piece}, and says so. Idempotent. */
    void stop(Consumer<Piece> stopped) {
        synchronized (this) {
            stopping = true;
        }
        long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
        for (Piece piece : Piece.values()) {
            AutoCloseable part;
            synchronized (this) {
                part = running.remove(piece);
            }
            if (part != null) {
                close(piece, part, Duration.ofNanos(deadline - System.nanoTime()));
                stopped.accept(piece);
            }
        }
    }

    /** Closes a piece, but waits no longer than its limit: those behind it need their turn. */
    private static void close(Piece piece, AutoCloseable part, Duration left) {
        Duration limit = piece.stopLimit().compareTo(left) < 0 ? piece.stopLimit() : left;
        limit = limit.compareTo(LEAST_STOP_LIMIT) < 0 ? LEAST_STOP_LIMIT : limit;
        Thread closer =
                Thread.ofPlatform()
                        .name("stop-" + piece)
                        .daemon()
                        .start(() -> quietly(piece, part));
        try {
            if (!closer.join(limit)) {
                log.warn("{} has not stopped within {} ms", piece, limit.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void quietly(Piece piece, AutoCloseable part) {
        long began = System.nanoTime();
        try {
            part.close();
            log.info("{} stopped in {} ms", piece, (System.nanoTime() - began) / 1_000_000);
        } catch (Exception e) {
            log.warn("{} did not stop in order", piece, e);
        }
    }

    /** A piece that could not be started, and why. */
    static final class PieceFailedException extends Exception {
        private static final long serialVersionUID = 1;

        private final Piece piece;

        PieceFailedException(Piece piece, Throwable cause) {
            super(piece + " did not start: " + reason(cause), cause);
            this.piece = piece;
        }

        Piece piece() {
            return piece;
        }

        private static String reason(Throwable cause) {
            @Nullable String message = cause.getMessage();
            return message == null ? cause.toString() : message;
        }
    }
}
