package io.vectron.worker.search;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.index.Helpers;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few platform threads for work that computes or waits in native code: virtual threads would
 * block one another's carriers there. What does not find a place in the queue is refused. Threads
 * that are idle help those that are not.
 */
public final class ComputePool implements Helpers, AutoCloseable {
    private static final long STOP_SECONDS = 10;
    private static final String RETRY_AFTER_MS = "50";

    private final String name;
    private final int size;
    private final AtomicInteger unended = new AtomicInteger(); // tasks that run or wait
    private final ThreadPoolExecutor threads;

    /**
     * @param name of the threads, a number follows
     * @param size threads
     * @param waiting tasks that may wait for a thread
     */
    public ComputePool(String name, int size, int waiting) {
        this.name = name;
        this.size = size;
        this.threads =
                new ThreadPoolExecutor(
                        size,
                        size,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(waiting),
                        Thread.ofPlatform().daemon().name(name + "-", 0).factory());
    }

    /**
     * Runs a task on one of the threads.
     *
     * @throws VectronException OVERLOADED if too many tasks wait already
     */
    public <T> Future<T> submit(Callable<T> task) {
        Counted<T> counted = new Counted<>(task);
        unended.incrementAndGet();
        try {
            threads.execute(counted);
            return counted;
        } catch (RejectedExecutionException e) {
            unended.decrementAndGet();
            if (threads.isShutdown()) {
                throw new VectronException(ErrorCode.SHUTTING_DOWN, "the worker is stopping");
            }
            throw new VectronException(
                    ErrorCode.OVERLOADED,
                    null,
                    threads.getQueue().size() + " tasks wait for a " + name + " thread",
                    Map.of("retry_after_ms", RETRY_AFTER_MS));
        }
    }

    /** A task that is counted until it has ended or was cancelled. */
    private final class Counted<T> extends FutureTask<T> {
        Counted(Callable<T> task) {
            super(task);
        }

        @Override
        protected void done() {
            unended.decrementAndGet();
        }
    }

    /**
     * Runs a task at once if fewer tasks run or wait than there are threads. A task that is
     * submitted a moment later may wait for it: helping takes no longer than the search that was
     * helped would have.
     */
    @Override
    public boolean offer(Runnable task) {
        int now = unended.get();
        while (now < size) {
            if (unended.compareAndSet(now, now + 1)) {
                return started(task);
            }
            now = unended.get();
        }
        return false;
    }

    private boolean started(Runnable task) {
        try {
            threads.execute(() -> {
                try {
                    task.run();
                } finally {
                    unended.decrementAndGet();
                }
            });
            return true;
        } catch (RejectedExecutionException closing) {
            unended.decrementAndGet();
            return false;
        }
    }

    /** Lets running tasks end; those that wait are cancelled. */
    @Override
    public void close() {
        threads.shutdown();
        threads.getQueue()
                .forEach(task -> {
                    if (task instanceof Future<?> future) {
                        future.cancel(false);
                    }
                });
        try {
            threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
