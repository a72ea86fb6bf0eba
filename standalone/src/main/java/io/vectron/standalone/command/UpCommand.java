package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./vectron up}. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Starts everything in one process and stays in the foreground until Ctrl-C or SIGTERM.",
            "",
            "Data is kept between starts. It survives kill -9, but not a power cut: the embedded"
                    + " broker leaves flushing to the operating system. To flush every record,"
                    + " set flush.messages=1 on the topic."
        })
public final class UpCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            showDefaultValue = CommandLine.Help.Visibility.ALWAYS,
            description = "Folder that everything is kept in.")
    private Path data = Path.of("data");

    @Option(
            names = "--cluster",
            description = {
                "Start each service as a process of its own, with folder, log and pid file under"
                        + " DIR/SERVICE, and return when all can serve. They go on running:"
                        + " ./vectron status, logs, restart and stop are for them."
            })
    private boolean cluster;

    @Option(
            names = "--foreground",
            description = "With --cluster: stay, and stop the processes on Ctrl-C or SIGTERM.")
    private boolean foreground;

    @Mixin private final PlaceOptions options = new PlaceOptions();

    @SuppressWarnings("NullAway.Init") // picocli sets the specification
    UpCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (foreground && !cluster) {
            throw new ParameterException(
                    command.commandLine(),
                    "--foreground goes with --cluster; else it is always so");
        }
        if (cluster && options.otherKafka()) {
            throw new ParameterException(
                    command.commandLine(),
                    "--cluster starts a broker of its own; with another Kafka run each service by"
                            + " its main class, as docs/deployment.md shows, or up without"
                            + " --cluster");
        }
        Screen screen = Screen.err();
        try {
            if (cluster) {
                return new ClusterUp(data, options, screen).run(foreground);
            }
            Running running = Running.start(data, options, screen);
            ReadyReport report = new ReadyReport(running);
            if (options.json()) {
                screen.results(List.of(report.json()));
            } else {
                screen.results(report.lines());
                screen.line("Ctrl-C stops it");
            }
            new CountDownLatch(1).await(); // until a signal ends the process
            return 0;
        } catch (RefusedException e) {
            return Failure.report(screen, e);
        }
    }
}
