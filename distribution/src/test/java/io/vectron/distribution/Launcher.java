package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vectron.common.rpc.FreePort;
import io.vectron.standalone.port.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** A running {@code ./vectron}; killed when closed. */
final class Launcher implements AutoCloseable {
    static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BlockingQueue<String> out = new LinkedBlockingQueue<>();
    private final List<String> err = new ArrayList<>(); // by itself
    private final List<Thread> readers;

    private Launcher(Process process) {
        this.process = process;
        this.readers =
                List.of(
                        read(process.getInputStream(), out::add),
                        read(
                                process.getErrorStream(),
                                line -> {
                                    synchronized (err) {
                                        err.add(line);
                                    }
                                }));
    }

    /** Starts it in {@code folder}; it must not build, since Maven is doing just that. */
    static Launcher start(Path folder, Map<String, String> environment, String... arguments)
            throws IOException {
        return startReading(folder, environment, "", arguments);
    }

    /**
     * Starts it as above.
     *
     * @param input all of its standard input
     */
    static Launcher startReading(
            Path folder, Map<String, String> environment, String input, String... arguments)
            throws IOException {
        // Of a build in the background of a shell, programs inherit that Ctrl-C is ignored.
        List<String> command =
                new ArrayList<>(
                        List.of("env", "--default-signal=INT", HOME.resolve("vectron").toString()));
        command.addAll(List.of(arguments));
        return run(folder, environment, input, command);
    }

    /**
     * Starts it on a terminal of its own, whose whole screen is standard output here, control
     * sequences and all.
     */
    static Launcher startOnTerminal(
            Path folder, Map<String, String> environment, String... arguments) throws IOException {
        StringBuilder line = new StringBuilder("exec '" + HOME.resolve("vectron") + "'");
        for (String argument : arguments) {
            line.append(" '").append(argument.replace("'", "'\\''")).append('\'');
        }
        List<String> command =
                List.of("script", "--quiet", "--return", "--command", "" + line, "/dev/null");
        return run(folder, environment, "", command);
    }

    private static Launcher run(
            Path folder, Map<String, String> environment, String input, List<String> command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("VECTRON_SKIP_BUILD", "1");
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading; its exit code tells the test.
            assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(30));
        }
        return new Launcher(process);
    }

    /** A base of free ports for any cluster; nobody else is given them while this test runs. */
    static int freePortBase() throws IOException {
        assertThat(Part.values()).hasSizeLessThanOrEqualTo(FreePort.BLOCK);
        return FreePort.block();
    }

    long pid() {
        return process.pid();
    }

    /** The next line of standard output that is this event, as JSON. */
    JsonNode event(String name, Duration deadline) throws Exception {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            String line = out.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertThat(line).as("event %s; it said: %s", name, err()).isNotNull();
            JsonNode event = JSON.readTree(line);
            if (name.equals(event.path("event").asText())) {
                return event;
            }
        }
    }

    /** Exit code. */
    int exit(Duration deadline) throws Exception {
        assertThat(process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS))
                .as("exit within %s; it said: %s", deadline, err())
                .isTrue();
        for (Thread reader : readers) {
            reader.join();
        }
        return process.exitValue();
    }

    /** All of standard output that no event was taken from. */
    List<String> out() {
        return List.copyOf(out);
    }

    /** All of standard error. */
    String err() {
        synchronized (err) {
            return String.join("\n", err);
        }
    }

    /** SIGTERM. */
    void terminate() {
        // Process.destroy would close our ends of its streams, and we want its last words.
        assertThat(process.toHandle().destroy()).isTrue();
    }

    /** SIGINT, as Ctrl-C sends it. */
    void interrupt() throws Exception {
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Waits until standard error has a line with this text. */
    void awaitErr(String text, Duration deadline) {
        await(text, this::err, deadline);
    }

    /** Waits until standard output has a line with this text. */
    void awaitOut(String text, Duration deadline) {
        await(text, () -> String.join("\n", out()), deadline);
    }

    private void await(String text, Supplier<String> said, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!said.get().contains(text)) {
            assertThat(System.nanoTime()).as("'%s' in: %s", text, said.get()).isLessThan(end);
            assertThat(process.isAlive()).as("it ended, saying: %s", err()).isTrue();
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        kill();
    }

    private interface Sink {
        void add(String line);
    }

    private static Thread read(InputStream in, Sink sink) {
        // Reading a pipe holds on to a carrier of virtual threads, and there are few.
        return Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try (BufferedReader lines =
                            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                        String line;
                        while ((line = lines.readLine()) != null) {
                            sink.add(line);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }
}
