package io.vectron.worker.replica;

import java.util.Comparator;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Readers that wait until a shard has reached a position. A publication wakes exactly those whose
 * position it reaches; nobody polls.
 */
public final class PositionWaiters {
    /** How a wait ended. */
    public enum Outcome {
        REACHED,
        TIMED_OUT,
        /** The replica is going away. */
        CLOSED,
        /** Too many wait already. */
        TOO_MANY
    }

    private record Waiter(long position, long number, CountDownLatch woken) {}

    private static final Comparator<Waiter> ORDER =
            Comparator.comparingLong(Waiter::position).thenComparingLong(Waiter::number);

    private final int limit;
    private final TreeSet<Waiter> waiters = new TreeSet<>(ORDER); // guarded by this
    private long reached = -1; // guarded by this
    private long nextNumber; // guarded by this
    private boolean closed; // guarded by this

    /**
     * @param limit readers that may wait at a time
     */
    public PositionWaiters(int limit) {
        this.limit = limit;
    }

    /** Waits until the position is reached, at most {@code timeoutNanos}. */
    public Outcome await(long position, long timeoutNanos) throws InterruptedException {
        Waiter waiter;
        synchronized (this) {
            if (position <= reached) {
                return Outcome.REACHED;
            }
            if (closed) {
                return Outcome.CLOSED;
            }
            if (timeoutNanos <= 0) {
                return Outcome.TIMED_OUT;
            }
            if (waiters.size() >= limit) {
                return Outcome.TOO_MANY;
            }
            waiter = new Waiter(position, nextNumber++, new CountDownLatch(1));
            waiters.add(waiter);
        }
        try {
            boolean woken = waiter.woken().await(timeoutNanos, TimeUnit.NANOSECONDS);
            synchronized (this) {
                if (position <= reached) {
                    return Outcome.REACHED;
                }
                return woken ? Outcome.CLOSED : Outcome.TIMED_OUT;
            }
        } finally {
            synchronized (this) {
                waiters.remove(waiter);
            }
        }
    }

    /** The shard has reached a position. */
    public synchronized void reached(long position) {
        reached = Math.max(reached, position);
        while (!waiters.isEmpty() && waiters.first().position() <= reached) {
            waiters.removeFirst().woken().countDown();
        }
    }

    /** Wakes all; nobody waits from now on. */
    public synchronized void close() {
        closed = true;
        waiters.forEach(waiter -> waiter.woken().countDown());
        waiters.clear();
    }

    synchronized int waiting() {
        return waiters.size();
    }
}
