package io.vectron.worker.replica;

import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.index.sealed.Pace;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks through replicas for damage: soon after they were opened, and again and again after a
 * pause. One after the other on a thread of its own and not too fast, since reading every row takes
 * too long to hold up a start, and too much of the disk to be done for several replicas at once.
 */
public final class Scrubber implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

    private final Duration every;
    private final long bytesPerSecond;
    private final Map<ShardReplica, Long> due = new HashMap<>(); // guarded by this; nanos
    private final Thread thread =
            Thread.ofPlatform().daemon().name("scrubber").unstarted(this::run);
    private boolean closed; // guarded by this

    /**
     * Starts the thread.
     *
     * @param every pause between two scrubs of a replica
     * @param bytesPerSecond read at most
     */
    public Scrubber(Duration every, long bytesPerSecond) {
        this.every = every;
        this.bytesPerSecond = bytesPerSecond;
        thread.start();
    }

    /** Scrubs an open replica in its turn. */
    synchronized void add(ShardReplica replica) {
        due.put(replica, System.nanoTime());
        notifyAll();
    }

    /** The replica closes: it has no turn any more. One that is under way ends by itself. */
    synchronized void remove(ShardReplica replica) {
        due.remove(replica);
    }

    private void run() {
        for (ShardReplica next = next(); next != null; next = next()) {
            scrub(next);
        }
    }

    private void scrub(ShardReplica replica) {
        try {
            replica.scrub(Pace.atMost(bytesPerSecond, replica::isOpen));
        } catch (InterruptedException e) {
            LOG.debug("the scrub of {} ended early", replica.facts().label(), e);
        } catch (IOException | CorruptSegmentException | DamagedReplicaException e) {
            replica.damaged(e);
        } catch (RuntimeException e) {
            if (replica.isOpen()) {
                LOG.error("{} could not be scrubbed", replica.facts().label(), e);
            } else {
                LOG.debug("{} was closed during its scrub", replica.facts().label(), e);
            }
        }
    }

    /** The replica whose turn has come; null at the end. */
    private synchronized @Nullable ShardReplica next() {
        while (!closed) {
            long now = System.nanoTime();
            long wait = Long.MAX_VALUE;
            for (Map.Entry<ShardReplica, Long> entry : due.entrySet()) {
                long left = entry.getValue() - now;
                if (left <= 0) {
                    entry.setValue(now + every.toNanos());
                    return entry.getKey();
                }
                wait = Math.min(wait, left);
            }
            try {
                wait(wait == Long.MAX_VALUE ? 0 : wait / 1_000_000 + 1);
            } catch (InterruptedException e) {
                LOG.debug("woken for the end", e); // only close() interrupts
            }
        }
        return null;
    }

    /** Ends the thread. Replicas must be closed before. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.interrupt();
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
