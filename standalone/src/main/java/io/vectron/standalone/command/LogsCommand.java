package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.cluster.ClusterPlace;
import io.vectron.standalone.cluster.LogFollower;
import io.vectron.standalone.cluster.Logs;
import io.vectron.standalone.cluster.Service;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./vectron logs}. */
@Command(
        name = "logs",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Shows what the services of ./vectron up --cluster have logged. Of several services,"
                    + " each line begins with the service's name."
        })
public final class LogsCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int MOST_LINES = 100_000;

    @Spec private CommandSpec command;

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            converter = ClusterOptions.ServiceName.class,
            description = "One of them; default: all.")
    private @Nullable Service service;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on showing what is added, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            showDefaultValue = picocli.CommandLine.Help.Visibility.ALWAYS,
            description = "Show the last N lines, 0 to 100000, of each file.")
    private int lines = 50;

    @Mixin private final ClusterOptions options = new ClusterOptions();

    @SuppressWarnings("NullAway.Init") // picocli sets the specification
    LogsCommand() {}

    /** A file of a service, and what is put before its lines. */
    private record Source(String prefix, LogFollower follower) {}

    @Override
    public Integer call() throws IOException {
        if (lines < 0 || lines > MOST_LINES) {
            throw new ParameterException(
                    command.commandLine(), "--lines must be 0 to " + MOST_LINES);
        }
        Screen screen = Screen.err();
        try {
            ClusterPlace place = options.cluster().place();
            List<Source> sources = new ArrayList<>();
            for (Service one : service == null ? place.services() : List.of(service)) {
                String prefix = service == null ? String.format("%-11s | ", one) : "";
                for (Path file : Logs.files(place, one)) {
                    LogFollower follower = new LogFollower(file);
                    show(screen, prefix, Logs.last(file, lines));
                    sources.add(new Source(prefix, follower));
                }
            }
            if (follow) {
                follow(screen, sources);
            }
            return 0;
        } catch (RefusedException e) {
            return Failure.report(screen, e);
        }
    }

    private static void follow(Screen screen, List<Source> sources) throws IOException {
        while (!Thread.interrupted()) {
            boolean any = false;
            for (Source source : sources) {
                List<String> added = source.follower().next();
                show(screen, source.prefix(), added);
                any |= !added.isEmpty();
            }
            if (!any) {
                LockSupport.parkNanos(LOOK.toNanos());
            }
        }
    }

    private static void show(Screen screen, String prefix, List<String> lines) {
        if (!lines.isEmpty()) {
            screen.results(lines.stream().map(line -> prefix + line).toList());
        }
    }
}
