package io.vectron.worker.search;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A few platform threads for work that computes or waits in native code: virtual threads would
 * block one another's carriers there. What does not find a place in the queue is refused.
 */
public final class ComputePool implements AutoCloseable {
    private static final long STOP_SECONDS = 10;
    private static final String RETRY_AFTER_MS = "50";

    private final String name;
    private final ThreadPoolExecutor threads;

    /**
     * @param name of the threads, a number follows
     * @param size threads
     * @param waiting tasks that may wait for a thread
     */
    public ComputePool(String name, int size, int waiting) {
        this.name = name;
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
        try {
            return threads.submit(task);
        } catch (RejectedExecutionException e) {
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
