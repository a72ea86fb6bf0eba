package io.vectron.index;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the graphs of many indexes on a few threads, named {@code index-build-N}.
 *
 * <p>Fair: an index is in the queue at most once, does one small slice of work when its turn comes,
 * and goes to the end of the queue if there is more; a slice that lasts lets others in between. So
 * the queue is bounded by the number of indexes, one index never runs on two threads at a time, and
 * a large backlog delays the others by one slice a turn. The threads are platform threads and stay:
 * graph builders keep scratch space a thread.
 */
public final class BuilderPool implements AutoCloseable {

    /** Indexes one pool can serve. */
    public static final int MAX_INDEXES = 4_096;

    private static final Logger LOG = LoggerFactory.getLogger(BuilderPool.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private final BlockingQueue<Registration> queue = new LinkedBlockingQueue<>(MAX_INDEXES + 64);
    private final AtomicInteger registered = new AtomicInteger();
    private final Thread[] threads;

    /** Wakes those that wait for a time to pass; does no work itself. Once closed, nobody. */
    private final ScheduledExecutorService timer =
            new ScheduledThreadPoolExecutor(
                    1,
                    Thread.ofPlatform().daemon().name("index-timer").factory(),
                    new ThreadPoolExecutor.DiscardPolicy());

    private volatile boolean closed;

    /** A pool of {@code size} threads, started at once. */
    public BuilderPool(int size) {
        if (size < 1 || size > 1_024) {
            throw new IllegalArgumentException("a pool has 1..1024 threads, not " + size);
        }
        threads = new Thread[size];
        for (int i = 0; i < size; i++) {
            threads[i] = Thread.ofPlatform().daemon().name("index-build-" + i).start(this::run);
        }
    }

    /** Work that is done in slices, never by two threads at a time. */
    @FunctionalInterface
    interface Work {
        /**
         * Does one small slice; true if there is more to do.
         *
         * @param mayTakeLong whether the slice may last for seconds, calling {@link #assist} every
         *     now and then
         */
        boolean slice(boolean mayTakeLong);
    }

    /**
     * Adds an index.
     *
     * @throws IllegalStateException if the pool is closed or serves its most indexes already
     */
    Registration register(String name, Work work) {
        if (closed) {
            throw new IllegalStateException("the pool is closed");
        }
        if (registered.incrementAndGet() > MAX_INDEXES) {
            registered.decrementAndGet();
            throw new IllegalStateException("the pool serves " + MAX_INDEXES + " indexes already");
        }
        return new Registration(name, work);
    }

    private void run() {
        while (!closed) {
            try {
                queue.take().turn(true);
            } catch (InterruptedException interrupted) {
                // Only close() interrupts; the loop's condition says so.
                LOG.debug("{} stops", Thread.currentThread().getName());
            }
        }
    }

    /**
     * Within a slice that lasts: gives the index that has waited longest its turn, for one short
     * slice. So a file that takes seconds to write does not hold up the others' rows, however few
     * threads there are.
     */
    void assist() {
        Registration waiting = closed ? null : queue.poll();
        if (waiting != null) {
            waiting.turn(false);
        }
    }

    /** Lets slices in progress end, then stops the threads. Indexes should be closed before. */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        boolean interrupted = false;
        for (Thread thread : threads) {
            thread.interrupt();
            try {
                if (!thread.join(STOP_TIMEOUT)) {
                    LOG.warn("{} did not end within {}", thread.getName(), STOP_TIMEOUT);
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One index's place in the pool. */
    final class Registration implements AutoCloseable {

        private enum State {
            IDLE,
            QUEUED,
            RUNNING,
            RUNNING_AND_WOKEN,
            CLOSED
        }

        private final String name;
        private final Work work;
        private State state = State.IDLE; // guarded by this
        private boolean inSlice; // guarded by this

        private Registration(String name, Work work) {
            this.name = name;
            this.work = work;
        }

        /** There may be work; cheap, from any thread. */
        synchronized void wake() {
            switch (state) {
                case IDLE -> enqueue();
                case RUNNING -> state = State.RUNNING_AND_WOKEN;
                case QUEUED, RUNNING_AND_WOKEN, CLOSED -> {}
            }
        }

        /** The same, after some time; cheap, from any thread. */
        void wakeAfter(Duration pause) {
            var _ = timer.schedule(this::wake, pause.toNanos(), TimeUnit.NANOSECONDS);
        }

        private void enqueue() {
            state = State.QUEUED;
            // The queue holds each registration at most once, closed ones at most until their
            // turn: add() fails only if that is broken.
            queue.add(this);
        }

        private void turn(boolean mayTakeLong) {
            synchronized (this) {
                if (state != State.QUEUED) {
                    return;
                }
                state = State.RUNNING;
                inSlice = true;
            }
            boolean more = false;
            try {
                more = work.slice(mayTakeLong);
            } catch (RuntimeException | Error e) {
                LOG.error("building index {} failed", name, e);
            } finally {
                end(more);
            }
        }

        private synchronized void end(boolean more) {
            inSlice = false;
            notifyAll();
            switch (state) {
                case RUNNING -> {
                    state = State.IDLE;
                    if (more) {
                        enqueue();
                    }
                }
                case RUNNING_AND_WOKEN -> enqueue();
                case CLOSED -> {}
                case IDLE, QUEUED -> throw new IllegalStateException("ended in state " + state);
            }
        }

        /** Waits for a slice in progress; none begins afterwards. */
        @Override
        public synchronized void close() {
            if (state != State.CLOSED) {
                queue.remove(this);
                state = State.CLOSED;
                registered.decrementAndGet();
            }
            boolean interrupted = false;
            while (inSlice) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
