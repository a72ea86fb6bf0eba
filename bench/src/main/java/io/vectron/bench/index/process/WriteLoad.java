package io.vectron.bench.index.process;

import io.vectron.bench.data.Dataset;
import io.vectron.bench.index.engine.Engine;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows anew with the vectors that they have, so that the exact answers stay as they are.
 */
final class WriteLoad {
    private static final int BATCH = 64;
    private static final int BATCHES_A_SECOND = 100;
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final long SEED = 7;

    private final Engine.Updatable engine;
    private final Dataset data;

    WriteLoad(Engine.Updatable engine, Dataset data) {
        this.engine = engine;
        this.data = data;
    }

    /**
     * What searches took.
     *
     * @param written rows written beside the searches
     * @param writingNanos how long that took
     * @param alone nanoseconds of each search while nothing was written
     * @param beside the same beside the writes
     * @param writes nanoseconds of each batch of writes, until it could be searched
     * @param waitedNanos what the writer waited for the engine to take more
     */
    @SuppressWarnings("ArrayRecordComponent") // handed from one method to its caller
    record Measured(
            long written,
            long writingNanos,
            long[] alone,
            long[] beside,
            long[] writes,
            long waitedNanos) {}

    /** Writes every row {@code times} times in random order; returns the nanoseconds it took. */
    long rewrite(int times, IntConsumer progress) throws IOException, InterruptedException {
        var random = new SplittableRandom(SEED);
        int[] order = new int[data.rows()];
        Arrays.setAll(order, i -> i);
        int[] batch = new int[BATCH];
        long start = System.nanoTime();
        for (int turn = 0; turn < times; turn++) {
            shuffle(order, random);
            for (int at = 0; at < order.length; at += BATCH) {
                int count = Math.min(BATCH, order.length - at);
                System.arraycopy(order, at, batch, 0, count);
                var _ = engine.rewrite(batch, count);
                progress.accept(turn * order.length + at + count);
            }
        }
        engine.settle();
        return System.nanoTime() - start;
    }

    private static void shuffle(int[] order, SplittableRandom random) {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
    }

    /** Searches for some seconds alone, then as long beside that many writes a second. */
    Measured searchBeside(int aSecond, int seconds, float[][] queries, int k, int ef)
            throws IOException, InterruptedException {
        Engine.Search search = engine.search();
        Duration duration = Duration.ofSeconds(seconds);
        Duration warmUp = duration.compareTo(WARM_UP) < 0 ? duration : WARM_UP;
        timed(search, queries, k, ef, warmUp);
        long[] alone = timed(search, queries, k, ef, duration);
        var stop = new AtomicBoolean();
        var failure = new AtomicReference<@Nullable Throwable>();
        var writer = new Writer(aSecond, stop, failure);
        Thread thread = Thread.ofPlatform().name("writer").start(writer);
        long[] beside;
        try {
            timed(search, queries, k, ef, warmUp);
            beside = timed(search, queries, k, ef, duration);
        } finally {
            stop.set(true);
            thread.join();
        }
        @Nullable Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("writing failed: " + failed, failed);
        }
        engine.settle();
        return new Measured(
                writer.written,
                writer.nanos,
                alone,
                beside,
                writer.writes.toArray(),
                writer.waited);
    }

    private static long[] timed(
            Engine.Search search, float[][] queries, int k, int ef, Duration duration)
            throws IOException {
        long end = System.nanoTime() + duration.toNanos();
        var nanos = new Nanos();
        int[] answer = new int[k];
        for (long start = System.nanoTime(); start < end; start = System.nanoTime()) {
            search.nearest(queries[nanos.count % queries.length], k, ef, answer);
            nanos.add(System.nanoTime() - start);
        }
        return nanos.toArray();
    }

    /** A growing list of durations. */
    private static final class Nanos {
        private long[] values = new long[1 << 12];
        private int count;

        void add(long nanos) {
            if (count == values.length) {
                values = Arrays.copyOf(values, 2 * count);
            }
            values[count++] = nanos;
        }

        long[] toArray() {
            return Arrays.copyOf(values, count);
        }
    }

    /** Writes a batch at fixed times; a late one is made up for, so that the rate holds. */
    private final class Writer implements Runnable {
        private final int batch;
        private final AtomicBoolean stop;
        private final AtomicReference<@Nullable Throwable> failure;
        private long written; // read after the thread's end
        private long nanos; // the same
        private final Nanos writes = new Nanos(); // the same
        private long waited; // the same

        Writer(int aSecond, AtomicBoolean stop, AtomicReference<@Nullable Throwable> failure) {
            this.batch = Math.max(1, aSecond / BATCHES_A_SECOND);
            this.stop = stop;
            this.failure = failure;
        }

        @Override
        public void run() {
            var random = new SplittableRandom(SEED);
            int[] rows = new int[batch];
            long pause = Duration.ofSeconds(1).toNanos() / BATCHES_A_SECOND;
            long start = System.nanoTime();
            long due = start;
            try {
                while (!stop.get()) {
                    for (int i = 0; i < batch; i++) {
                        rows[i] = random.nextInt(data.rows());
                    }
                    long began = System.nanoTime();
                    long told = engine.rewrite(rows, batch);
                    writes.add(System.nanoTime() - began - told);
                    waited += told;
                    written += batch;
                    nanos = System.nanoTime() - start;
                    due += pause;
                    LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
                }
            } catch (IOException | InterruptedException | RuntimeException | Error e) {
                failure.set(e);
            }
        }
    }
}
