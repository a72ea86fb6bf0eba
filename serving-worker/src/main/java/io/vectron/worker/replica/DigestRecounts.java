package io.vectron.worker.replica;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recounts the digests of replicas that were just opened, one after the other on a thread of its
 * own: reading every row takes too long to hold up a start, and too much of the disk to be done for
 * several replicas at once.
 */
public final class DigestRecounts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DigestRecounts.class);

    private final SequencedSet<ShardReplica> waiting = new LinkedHashSet<>(); // guarded by this
    private final Thread thread =
            Thread.ofPlatform().daemon().name("digest-recount").unstarted(this::run);
    private boolean closed; // guarded by this

    /** Starts the thread. */
    public DigestRecounts() {
        thread.start();
    }

    /** Recounts an open replica in its turn; at most one turn of a replica waits. */
    synchronized void add(ShardReplica replica) {
        waiting.add(replica);
        notifyAll();
    }

    /** The replica closes: its turn is dropped. One that is under way ends by itself. */
    synchronized void remove(ShardReplica replica) {
        waiting.remove(replica);
    }

    private void run() {
        for (ShardReplica next = next(); next != null; next = next()) {
            try {
                next.recountDigest();
            } catch (IOException | RuntimeException e) {
                LOG.error("the digest of {} was not recounted", next.facts().label(), e);
            }
        }
    }

    private synchronized @Nullable ShardReplica next() {
        boolean interrupted = false;
        while (waiting.isEmpty() && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true; // nobody but close() ends this thread
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return closed ? null : waiting.removeFirst();
    }

    /** Ends the thread. Replicas must be closed before, so that no recount is under way. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
