package io.vectron.ingest.source;

import io.vectron.ingest.feed.Element;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Polls on their way from the polling threads to the task's thread: at most {@value #CAPACITY}
 * wait, then {@link #put} blocks. The task never blocks in the sink, so that wait is short.
 */
final class Handover {
    static final int CAPACITY = 2;

    private static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

    private final Object lock = new Object();
    private final ArrayDeque<List<Element>> polls = new ArrayDeque<>(); // guarded by lock
    private CompletableFuture<Void> available = new CompletableFuture<>(); // guarded by lock
    private @Nullable Throwable failure; // guarded by lock
    private boolean closed; // guarded by lock

    private Iterator<Element> current = Collections.emptyIterator(); // task's thread only

    /**
     * Hands a poll over; polling threads.
     *
     * @return false if the reader is closed and the poll was dropped
     */
    boolean put(List<Element> poll) throws InterruptedException {
        CompletableFuture<Void> waiting;
        synchronized (lock) {
            while (polls.size() >= CAPACITY && !closed) {
                lock.wait();
            }
            if (closed) {
                return false;
            }
            polls.addLast(poll);
            waiting = available;
        }
        waiting.complete(null);
        return true;
    }

    /** Makes the task fail with what broke a polling thread. */
    void fail(Throwable broken) {
        CompletableFuture<Void> waiting;
        synchronized (lock) {
            failure = broken;
            waiting = available;
        }
        waiting.complete(null);
    }

    /** The next element, null if there is none now; task's thread. */
    @Nullable Element next() throws IOException {
        while (!current.hasNext()) {
            synchronized (lock) {
                if (failure != null) {
                    throw new IOException("reading the log failed", failure);
                }
                List<Element> poll = polls.pollFirst();
                if (poll == null) {
                    return null;
                }
                current = poll.iterator();
                lock.notifyAll();
            }
        }
        return current.next();
    }

    /** Completes when {@link #next} has something; task's thread. */
    CompletableFuture<Void> available() {
        if (current.hasNext()) {
            return NOW;
        }
        synchronized (lock) {
            if (!polls.isEmpty() || failure != null) {
                return NOW;
            }
            if (available.isDone()) {
                available = new CompletableFuture<>();
            }
            return available;
        }
    }

    /** Ends all waiting; whatever comes is dropped. */
    void close() {
        CompletableFuture<Void> waiting;
        synchronized (lock) {
            closed = true;
            polls.clear();
            lock.notifyAll();
            waiting = available;
        }
        waiting.complete(null);
    }
}
