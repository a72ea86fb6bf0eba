package io.vectron.common.launch;

import io.vectron.common.config.LogFormat;
import io.vectron.common.config.ServiceSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program of a service that runs in a process of its own. */
public final class ServiceMain {
    /** Exit code if the service could not start, or failed. */
    public static final int FAILED = 1;

    /** Exit code if arguments or configuration are wrong. */
    public static final int MISUSED = 2;

    /** Logs to standard output; on the class path, in this module. */
    private static final String LOGGING = "vectron-service-logback.xml";

    private ServiceMain() {}

    /** Starts a service. */
    @FunctionalInterface
    public interface Starter<T extends Record> {
        /**
         * Returns when the service can be used.
         *
         * @throws IOException if it cannot start; nothing is left running then
         */
        Started start(T config) throws IOException, InterruptedException;
    }

    /**
     * A service that runs.
     *
     * @param where what it listens on, for the log: {@code gRPC 127.0.0.1:9090}
     * @param service stops in order when it is closed
     */
    public record Started(String where, AutoCloseable service) {}

    /**
     * Runs a service until SIGTERM or SIGINT, which stop it in order. Returns only if there is
     * nothing to run; a main method exits with what is returned.
     *
     * @param main the program
     */
    public static <T extends Record> int run(
            ServiceSettings<T> settings, Class<?> main, String[] arguments, Starter<T> starter) {
        return switch (Arguments.read(settings, main, List.of(arguments))) {
            case Arguments.Outcome.Inform<T>(String text) -> say(System.out, text, 0);
            case Arguments.Outcome.Refuse<T>(String text) -> say(System.err, text, MISUSED);
            case Arguments.Outcome.Run<T>(T config) -> serve(settings.service(), config, starter);
        };
    }

    private static int say(PrintStream out, String text, int code) {
        out.println(text);
        return code;
    }

    /**
     * Makes a process of one service log to standard output, unless it was told otherwise. To be
     * called before the first line is logged.
     *
     * @param service named in each line
     */
    public static void logToStandardOutput(String service) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", LOGGING);
        }
        System.setProperty("vectron.service", service); // names the log lines
    }

    /** As {@link #run}, with a configuration that has been read. */
    public static <T extends Record> int serve(String service, T config, Starter<T> starter) {
        String problem = LogFormat.problem();
        if (problem != null) {
            return say(System.err, problem, MISUSED);
        }
        logToStandardOutput(service);
        Logger log = LoggerFactory.getLogger("io.vectron." + service + ".Main");
        try {
            Started started = starter.start(config);
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform()
                                    .name("stop")
                                    .unstarted(() -> stop(service, started, log)));
            log.info("ready: {}, {}, after {} s", service, started.where(), sinceStart());
            new CountDownLatch(1).await(); // until a signal ends the process
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        } catch (IOException | RuntimeException e) {
            log.error("{} could not start", service, e);
            return say(System.err, "vectron-" + service + " could not start: " + e, FAILED);
        }
    }

    private static void stop(String service, Started started, Logger log) {
        log.info("stopping: {}", service);
        long began = System.nanoTime();
        try {
            started.service().close();
            log.info("stopped: {}, in {} s", service, seconds(System.nanoTime() - began));
        } catch (Exception e) {
            log.error("{} did not stop in order", service, e);
        }
    }

    private static String sinceStart() {
        long startMs = ManagementFactory.getRuntimeMXBean().getStartTime();
        return seconds((System.currentTimeMillis() - startMs) * 1_000_000);
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / 1e9);
    }
}
