package io.vectron.placement.state;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says that something changed, to any number of waiting threads; what, they look up themselves.
 * Holds a count only, so it neither blocks nor grows however fast the changes come.
 */
public final class Signal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition raised = lock.newCondition();
    private long count; // guarded by lock

    /** Number of changes so far: to be taken before looking, and waited upon afterwards. */
    public long count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Wakes all who wait. */
    public void raise() {
        lock.lock();
        try {
            count++;
            raised.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there were more than {@code seen} changes.
     *
     * @param nanos longest wait; none if it is not positive
     * @return whether there were
     */
    public boolean await(long seen, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (count <= seen && left > 0) {
                left = raised.awaitNanos(left);
            }
            return count > seen;
        } finally {
            lock.unlock();
        }
    }

    /** Longest wait there is, for those who wait until interrupted. */
    public static final long FOREVER_NANOS = TimeUnit.DAYS.toNanos(36_500);
}
