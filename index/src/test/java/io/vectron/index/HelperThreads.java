package io.vectron.index;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Helpers for tests: a few threads that are glad of any work, however little. */
final class HelperThreads implements Helpers, AutoCloseable {

    private final AtomicLong taken = new AtomicLong();
    private final ThreadPoolExecutor threads;

    HelperThreads(int count) {
        threads =
                new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new SynchronousQueue<>());
        threads.prestartAllCoreThreads();
    }

    @Override
    public boolean offer(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException busy) {
            return false;
        }
        taken.incrementAndGet();
        return true;
    }

    @Override
    public long leastFloats() {
        return 0;
    }

    /** Tasks that found a thread. */
    long taken() {
        return taken.get();
    }

    @Override
    public void close() {
        threads.close();
    }
}
