package io.vectron.bench.index.process;

import io.vectron.bench.data.Dataset;
import io.vectron.bench.index.engine.Engines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The bench's end of an engine's process. Used by one thread. */
public final class EngineProcess implements AutoCloseable {
    private static final String SCRIPT = "hnswlib_peer.py";
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(20);
    private static final int LOG_LINES = 20;

    private final String name;
    private final Process process;
    private final Path log;
    private final Dataset data;
    private final BufferedReader in;
    private final PrintStream out;
    private final String description;

    private EngineProcess(String name, List<String> command, Path log, Dataset data)
            throws IOException, MissingException {
        this.name = name;
        this.log = log;
        this.data = data;
        process = start(name, command, log);
        in =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        out = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        try {
            description = greeting();
        } catch (IOException | MissingException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** What a build cost. */
    public record Cost(Duration wall, Duration cpu) {}

    /**
     * One search for each query.
     *
     * @param cpu processor time of all of them
     */
    public record Pass(Answers answers, Duration cpu) {}

    /** Row numbers found, by query; -1 where there were too few. */
    public static final class Answers {
        private final int[][] rows;

        private Answers(int[][] rows) {
            this.rows = rows;
        }

        /** The rows themselves, for reading. */
        public int[][] rows() {
            return rows;
        }
    }

    /**
     * Memory of the process.
     *
     * @param index bytes that searches may read
     * @param heap bytes in use on a Java heap after a collection, -1 where there is none
     * @param own resident bytes that are no file's, -1 where the system does not tell
     */
    public record Memory(long index, long heap, long own) {}

    /** What searches took in nanoseconds, alone and beside writes. */
    public static final class BesideWrites {
        private final double writtenPerSecond;
        private final double waitedShare;
        private final long[] alone;
        private final long[] beside;
        private final long[] writes;

        private BesideWrites(long[] written, long[] alone, long[] beside, long[] writes) {
            this.writtenPerSecond = written[0] * 1e9 / written[1];
            this.waitedShare = written[2] / (double) written[1];
            this.alone = alone;
            this.beside = beside;
            this.writes = writes;
        }

        /** Rows written a second beside the searches. */
        public double writtenPerSecond() {
            return writtenPerSecond;
        }

        /** Share of the time that the writer was told to wait: the index took no more rows. */
        public double waitedShare() {
            return waitedShare;
        }

        /** Each search without writes. */
        public long[] alone() {
            return alone;
        }

        /** Each search beside writes. */
        public long[] beside() {
            return beside;
        }

        /** Each batch of writes, until it could be searched; without what it was told to wait. */
        public long[] writes() {
            return writes;
        }
    }

    /** An engine that cannot take part: not installed, or not for such data; it says why. */
    public static final class MissingException extends Exception {
        MissingException(String message) {
            super(message);
        }
    }

    /**
     * Starts an engine that runs in a JVM, with the flags of this one.
     *
     * @param launch what is not as usual
     * @param log takes what the process prints besides answers
     * @throws MissingException if the engine cannot search such data
     */
    public static EngineProcess java(Engines engine, Launch launch, Dataset data, Path log)
            throws IOException, MissingException {
        List<String> command = new ArrayList<>(launch.prefix());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // Neither a debugger nor profiles of another program shall take part.
            if (Stream.of("-XX:AOT", "-agent", "-javaagent").noneMatch(flag::startsWith)) {
                command.add(flag);
            }
        }
        command.addAll(launch.flags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(EngineMain.class.getName());
        command.addAll(List.of(engine.label(), launch.shape().text()));
        command.addAll(arguments(data));
        return new EngineProcess(engine.label(), command, log, data);
    }

    /**
     * Starts hnswlib.
     *
     * @param python the program to run it with
     * @param scratch folder for the script and what it prints
     * @throws MissingException if that Python is not there or lacks the packages hnswlib and numpy
     */
    public static EngineProcess hnswlib(
            String python, int connections, int beamWidth, Dataset data, Path scratch)
            throws IOException, MissingException {
        Path script = scratch.resolve(SCRIPT);
        try (InputStream source = EngineProcess.class.getResourceAsStream(SCRIPT)) {
            if (source == null) {
                throw new IllegalStateException(SCRIPT + " is not in the jar");
            }
            Files.write(script, source.readAllBytes());
        }
        List<String> command = new ArrayList<>(List.of(python, script.toString()));
        command.addAll(arguments(data));
        command.addAll(List.of("" + connections, "" + beamWidth));
        Path log = scratch.resolve(Engines.HNSWLIB + ".log");
        return new EngineProcess(Engines.HNSWLIB, command, log, data);
    }

    private static List<String> arguments(Dataset data) {
        return List.of(
                data.folder().toAbsolutePath().toString(),
                data.metric().name(),
                Integer.toString(data.rows()));
    }

    private static Process start(String name, List<String> command, Path log)
            throws MissingException {
        try {
            return new ProcessBuilder(command).redirectError(log.toFile()).start();
        } catch (IOException e) {
            throw new MissingException(name + ": " + e.getMessage());
        }
    }

    private String greeting() throws IOException, MissingException {
        @Nullable String line = in.readLine();
        if (line != null && line.startsWith("missing ")) {
            throw new MissingException(line.substring("missing ".length()));
        }
        if (line == null) {
            throw new IOException(name + " did not start:\n" + endOfLog());
        }
        return after("ready", line);
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join(
                "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    }

    private String after(String word, String line) throws IOException {
        if (!line.startsWith(word + " ")) {
            throw new IOException(
                    name + " answered '" + line.substring(0, Math.min(200, line.length())) + "'");
        }
        return line.substring(word.length() + 1);
    }

    private String line() throws IOException {
        @Nullable String line = in.readLine();
        if (line == null) {
            throw new IOException(name + " ended:\n" + endOfLog());
        }
        if (line.startsWith("error ")) {
            throw new IOException(name + ": " + after("error", line));
        }
        return line;
    }

    private String ask(String request, String word, IntConsumer progress) throws IOException {
        out.print(request + "\n");
        out.flush();
        String line = line();
        while (line.startsWith("progress ")) {
            progress.accept(Integer.parseInt(after("progress", line)));
            line = line();
        }
        return after(word, line);
    }

    private String ask(String request, String word) throws IOException {
        return ask(request, word, rows -> {});
    }

    private static long[] longs(String text) {
        var words = new StringTokenizer(text);
        long[] values = new long[words.countTokens()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Long.parseLong(words.nextToken());
        }
        return values;
    }

    /** Library and version. */
    public String description() {
        return description;
    }

    /** Builds into an empty folder and leaves it open; told the number of rows done. */
    public Cost build(int threads, Path folder, IntConsumer progress) throws IOException {
        String request = "build " + threads + " " + folder.toAbsolutePath();
        long[] nanos = longs(ask(request, "built", progress));
        return new Cost(Duration.ofNanos(nanos[0]), Duration.ofNanos(nanos[1]));
    }

    /** Opens what was built; returns how long it took. */
    public Duration open(Path folder) throws IOException {
        return Duration.ofNanos(longs(ask("open " + folder.toAbsolutePath(), "opened"))[0]);
    }

    /** Searches once for each query. */
    public Pass search(int threads, int k, int ef) throws IOException {
        String request = "search " + threads + " " + k + " " + ef;
        long cpu = longs(ask(request, "searched"))[0];
        long[] found = longs(line());
        if (found.length != k * data.queries()) {
            throw new IOException(name + " gave " + found.length + " answers");
        }
        int[][] rows = new int[data.queries()][k];
        for (int i = 0; i < found.length; i++) {
            rows[i / k][i % k] = (int) found[i];
        }
        return new Pass(new Answers(rows), Duration.ofNanos(cpu));
    }

    /** Nanoseconds of one search for each query, one after the other. */
    public long[] time(int k, int ef) throws IOException {
        return longs(ask("time " + k + " " + ef, "timed"));
    }

    /** Its memory now. */
    public Memory memory() throws IOException {
        long[] bytes = longs(ask("memory", "memory"));
        return new Memory(bytes[0], bytes[1], ownBytes());
    }

    /** Processor time that it has used so far, to a hundredth of a second. */
    public Duration cpu() {
        return process.toHandle()
                .info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("no processor time of " + name));
    }

    /** What the engine has counted of its own work, by name. */
    public Map<String, Long> counters() throws IOException {
        var words = new StringTokenizer(ask("counters", "counters"));
        Map<String, Long> counters = new LinkedHashMap<>();
        while (words.hasMoreTokens()) {
            counters.put(words.nextToken(), Long.valueOf(words.nextToken()));
        }
        return counters;
    }

    /** Its resident bytes that are no file's, -1 where the system does not tell. */
    public long ownBytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.isReadable(status)) {
            return -1;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(-1);
        }
    }

    /** Writes each row that many times with the vector it has; returns how long it took. */
    public Duration rewrite(int times, IntConsumer progress) throws IOException {
        return Duration.ofNanos(longs(ask("rewrite " + times, "rewritten", progress))[0]);
    }

    /** Searches for some seconds alone, and as long beside that many writes a second. */
    public BesideWrites besideWrites(int aSecond, int seconds, int k, int ef) throws IOException {
        String request = "writes " + aSecond + " " + seconds + " " + k + " " + ef;
        long[] written = longs(ask(request, "written"));
        return new BesideWrites(written, longs(line()), longs(line()), longs(line()));
    }

    /** Ends the process; kills it if it does not end by itself. */
    @Override
    public void close() {
        out.close();
        try {
            if (!process.waitFor(STOP_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
