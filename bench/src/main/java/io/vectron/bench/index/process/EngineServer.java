package io.vectron.bench.index.process;

import io.vectron.bench.data.Dataset;
import io.vectron.bench.index.engine.Engine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers one request a line on behalf of an engine. {@code hnswlib_peer.py} speaks the same:
 *
 * <pre>{@code
 * build THREADS FOLDER  -> progress ROWS …, built WALL_NANOS CPU_NANOS
 * open FOLDER           -> opened WALL_NANOS
 * search THREADS K EF   -> searched CPU_NANOS, and a line with K row numbers a query, -1: none
 * time K EF             -> timed NANOS …, one a query
 * memory                -> memory INDEX_BYTES HEAP_BYTES, the latter -1 where there is no such heap
 * counters              -> counters NAME NUMBER …
 * rewrite TIMES         -> progress ROWS …, rewritten WALL_NANOS
 * writes A_SECOND SECONDS K EF -> written ROWS NANOS WAITED, and three lines of NANOS: searches
 *                          alone, searches beside the writes, and the writes
 * }</pre>
 *
 * It begins with {@code ready DESCRIPTION}; what fails is answered by {@code error MESSAGE}. It
 * ends with its input. Used by one thread.
 */
public final class EngineServer {
    private static final int PROGRESS_ROWS = 256;

    private final Engine engine;
    private final Dataset data;
    private final PrintStream out;
    private final float[][] queries;

    /** Serves an engine over this data set; the caller closes the engine. */
    public EngineServer(Engine engine, Dataset data, PrintStream out) {
        this.engine = engine;
        this.data = data;
        this.out = out;
        this.queries = new float[data.queries()][];
        Arrays.setAll(queries, data::query);
    }

    /** Serves until the input ends. */
    public void serve(BufferedReader in) throws IOException, InterruptedException {
        say("ready " + engine.description());
        @Nullable String line;
        while ((line = in.readLine()) != null) {
            try {
                answer(line.split(" ", 2)[0], line.substring(line.indexOf(' ') + 1));
            } catch (IOException | RuntimeException e) {
                e.printStackTrace(); // to the log of this process
                say("error " + String.valueOf(e).replace('\n', ' '));
            }
        }
    }

    private void answer(String request, String rest) throws IOException, InterruptedException {
        switch (request) {
            case "build" -> {
                String[] parts = rest.split(" ", 2);
                build(Integer.parseInt(parts[0]), Path.of(parts[1]));
            }
            case "open" -> {
                long start = System.nanoTime();
                engine.open(Path.of(rest));
                say("opened " + (System.nanoTime() - start));
            }
            case "search" -> {
                int[] numbers = numbers(rest, 3);
                search(numbers[0], numbers[1], numbers[2]);
            }
            case "time" -> {
                int[] numbers = numbers(rest, 2);
                say("timed " + line(time(numbers[0], numbers[1])));
            }
            case "memory" -> say("memory " + engine.bytes() + " " + heapBytes());
            case "counters" -> {
                var line = new StringJoiner(" ", "counters ", "");
                engine.counters().forEach((name, count) -> line.add(name).add("" + count));
                say(line.toString());
            }
            case "rewrite" -> {
                var writes = new WriteLoad(updatable(), data);
                long nanos = writes.rewrite(numbers(rest, 1)[0], progress());
                say("rewritten " + nanos);
            }
            case "writes" -> writes(numbers(rest, 4));
            default -> throw new IllegalArgumentException("unknown request: " + request);
        }
    }

    private static int[] numbers(String text, int count) {
        int[] numbers = Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
        if (numbers.length != count) {
            throw new IllegalArgumentException(count + " numbers expected: " + text);
        }
        return numbers;
    }

    private Engine.Updatable updatable() {
        if (engine instanceof Engine.Updatable updatable) {
            return updatable;
        }
        throw new UnsupportedOperationException("takes no updates");
    }

    private void say(String text) {
        out.print(text + "\n");
        out.flush();
    }

    /** Tells the bench now and then. */
    private IntConsumer progress() {
        var told = new AtomicLong();
        return rows -> {
            long last = told.get();
            if (rows >= last + PROGRESS_ROWS && told.compareAndSet(last, rows)) {
                say("progress " + rows);
            }
        };
    }

    private void build(int threads, Path folder) throws IOException, InterruptedException {
        long start = System.nanoTime();
        long cpu = processCpuNanos();
        engine.build(threads, folder, progress());
        long used = processCpuNanos() - cpu;
        say("built " + (System.nanoTime() - start) + " " + used);
    }

    /** Of all threads: those of collector and compiler are part of what a build costs. */
    private static long processCpuNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("no processor time of the process"))
                .toNanos();
    }

    private void search(int threads, int k, int ef) throws IOException, InterruptedException {
        int[][] answers = new int[queries.length][k];
        long cpu;
        if (threads == 1) {
            cpu = pass(engine.search(), answers, 0, queries.length, ef);
        } else {
            cpu = passes(threads, answers, ef);
        }
        say("searched " + cpu);
        var line = new StringBuilder();
        for (int[] answer : answers) {
            for (int row : answer) {
                line.append(row).append(' ');
            }
        }
        say(line.toString().stripTrailing());
    }

    /** Shares the queries among threads; returns the processor time of all. */
    private long passes(int threads, int[][] answers, int ef) throws InterruptedException {
        var cpu = new AtomicLong();
        var failure = new AtomicReference<@Nullable Throwable>();
        Thread[] searchers = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            int from = (int) ((long) queries.length * i / threads);
            int to = (int) ((long) queries.length * (i + 1) / threads);
            searchers[i] =
                    Thread.ofPlatform()
                            .name("search-" + i)
                            .start(() -> {
                                try {
                                    cpu.addAndGet(pass(engine.search(), answers, from, to, ef));
                                } catch (IOException | RuntimeException | Error e) {
                                    failure.compareAndSet(null, e);
                                }
                            });
        }
        for (Thread searcher : searchers) {
            searcher.join();
        }
        @Nullable Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("a search failed: " + failed, failed);
        }
        return cpu.get();
    }

    private long pass(Engine.Search search, int[][] answers, int from, int to, int ef)
            throws IOException {
        var threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        for (int q = from; q < to; q++) {
            int[] answer = answers[q];
            int found = search.nearest(queries[q], answer.length, ef, answer);
            if (found < answer.length) {
                Arrays.fill(answer, found, answer.length, -1);
            }
        }
        return threads.getCurrentThreadCpuTime() - start;
    }

    private long[] time(int k, int ef) throws IOException {
        Engine.Search search = engine.search();
        int[] answer = new int[k];
        long[] nanos = new long[queries.length];
        for (int q = 0; q < queries.length; q++) {
            long start = System.nanoTime();
            search.nearest(queries[q], k, ef, answer);
            nanos[q] = System.nanoTime() - start;
        }
        return nanos;
    }

    private void writes(int[] numbers) throws IOException, InterruptedException {
        var load = new WriteLoad(updatable(), data);
        var measured = load.searchBeside(numbers[0], numbers[1], queries, numbers[2], numbers[3]);
        say(
                "written "
                        + measured.written()
                        + " "
                        + measured.writingNanos()
                        + " "
                        + measured.waitedNanos());
        say(line(measured.alone()));
        say(line(measured.beside()));
        say(line(measured.writes()));
    }

    private static String line(long[] values) {
        var line = new StringJoiner(" ");
        for (long value : values) {
            line.add(Long.toString(value));
        }
        return line.toString();
    }

    private static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
