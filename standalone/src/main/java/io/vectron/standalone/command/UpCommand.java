package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.run.RefusedException;
import io.vectron.standalone.run.ServiceKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
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
            "Starts everything in one process and stays in the foreground until Ctrl-C or SIGTERM;"
                    + " with --services some of it, with --cluster each service apart.",
            "",
            "Data is kept between starts. It survives kill -9, but not a power cut: the embedded"
                    + " broker leaves flushing to the operating system. To flush every record,"
                    + " set flush.messages=1 on the topic."
        })
public final class UpCommand implements Callable<Integer> {
    private static final Set<Integer> BROKERS = Set.of(1, 3);

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
            names = "--workers",
            paramLabel = "N",
            description = {
                "With --cluster: so many workers, 1 to 5, each a process with a folder of its own,"
                        + " so that a shard can have three or five replicas. Default: as many as"
                        + " the cluster has, at first 1. They can become more later."
            })
    private @Nullable Integer workers;

    @Option(
            names = "--brokers",
            paramLabel = "N",
            description = {
                "With --cluster: 1 or 3 Kafka brokers. With three, each record is on two of them at"
                        + " least before it is acknowledged, and the loss of one loses nothing and"
                        + " stops nothing. Settled at the first start; default: 1."
            })
    private @Nullable Integer brokers;

    @Option(
            names = "--foreground",
            description = "With --cluster: stay, and stop the processes on Ctrl-C or SIGTERM.")
    private boolean foreground;

    @Option(
            names = "--services",
            split = ",",
            paramLabel = "A,B",
            description = {
                "Only these of broker, placement, worker, ingest, gateway, in one process; ingest"
                        + " is the job with a Flink cluster of its own. They read the settings"
                        + " that their main classes read (./vectron config SERVICE), and find the"
                        + " others there. --data, --port-base and --kafka win over settings. A"
                        + " worker without VECTRON_WORKER_ID is worker-1."
            })
    private List<String> services = List.of();

    @Mixin private final PlaceOptions options = new PlaceOptions();

    @SuppressWarnings("NullAway.Init") // picocli sets the specification
    UpCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (command.commandLine().getParseResult().hasMatchedOption("--services")) {
            return someServices();
        }
        if (foreground && !cluster) {
            throw new ParameterException(
                    command.commandLine(),
                    "--foreground goes with --cluster; else it is always so");
        }
        if (workers != null && (!cluster || workers < 1 || workers > Part.WORKERS)) {
            throw new ParameterException(
                    command.commandLine(),
                    "--workers goes with --cluster and is 1 to " + Part.WORKERS);
        }
        if (brokers != null && (!cluster || options.otherKafka() || !BROKERS.contains(brokers))) {
            throw new ParameterException(
                    command.commandLine(),
                    "--brokers goes with --cluster and without --kafka, and is 1 or 3");
        }
        Screen screen = Screen.err();
        try {
            if (cluster) {
                return new ClusterUp(data, options, workers, brokers, screen).run(foreground);
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

    private int someServices() throws IOException, InterruptedException {
        if (cluster || foreground || workers != null || brokers != null) {
            throw refused(
                    "--services is for one process; leave out --cluster, --workers, --brokers and"
                            + " --foreground");
        }
        EnumSet<ServiceKind> kinds = EnumSet.noneOf(ServiceKind.class);
        for (String name : services) {
            try {
                kinds.add(ServiceKind.of(name.strip()));
            } catch (IllegalArgumentException e) {
                throw refused(String.valueOf(e.getMessage()));
            }
        }
        if (options.anyPorts()) {
            throw refused(
                    "--port-base 0 is not for --services: other processes could not find these");
        }
        if (options.otherKafka() && kinds.contains(ServiceKind.BROKER)) {
            throw refused("--kafka names another Kafka; leave broker out of --services");
        }
        boolean given = command.commandLine().getParseResult().hasMatchedOption("--data");
        Screen screen = Screen.err();
        try {
            return new ServicesUp(data, given, options, screen).run(kinds);
        } catch (RefusedException e) {
            return Failure.report(screen, e);
        }
    }

    private ParameterException refused(String why) {
        return new ParameterException(command.commandLine(), why);
    }
}
