package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.chaos.ChaosCluster;
import io.vectron.standalone.chaos.ChaosReport;
import io.vectron.standalone.chaos.ChaosRun;
import io.vectron.standalone.chaos.FaultKind;
import io.vectron.standalone.chaos.Outcome;
import io.vectron.standalone.chaos.Schedule;
import io.vectron.standalone.cluster.ClusterPlace;
import io.vectron.standalone.cluster.Service;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./vectron chaos}. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Starts a cluster of processes of its own, writes and reads under faults, and judges"
                    + " every answer against the log. Nothing that runs already is touched. Prints"
                    + " how often each fault was done, how many reads failed meanwhile, how long"
                    + " until written rows were visible again at all shards (visible) and until all"
                    + " replicas were at work again (whole), and what was violated.",
            "",
            "Faults: kill-leader, kill-follower, stop-5, stop-20, stop-70, kill-placement,"
                    + " kill-gateway, kill-job, wipe, cut, disk. cut and disk need root.",
            "",
            "Exits with 1 if anything was violated or the cluster did not come back; then its"
                    + " folder is kept."
        })
public final class ChaosCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(500);

    @Spec private CommandSpec command;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            showDefaultValue = CommandLine.Help.Visibility.ALWAYS,
            description = "How long faults begin; start and judgement come on top.")
    private int minutes = 3;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description =
                    "Chooses faults and load; the same seed gives the same faults. Default: any.")
    private @Nullable Long seed;

    @Option(
            names = "--workers",
            paramLabel = "N",
            showDefaultValue = CommandLine.Help.Visibility.ALWAYS,
            description = "Workers of the cluster, 3 to 5.")
    private int workers = 3;

    @Option(
            names = "--shards",
            paramLabel = "N",
            showDefaultValue = CommandLine.Help.Visibility.ALWAYS,
            description = "Shards of the collection, 1 to 64; each has three replicas.")
    private int shards = 4;

    @Option(
            names = "--faults",
            split = ",",
            paramLabel = "A,B",
            description =
                    "Only these faults; kill and stop mean all of them. Default: all that can be"
                            + " done here.")
    private List<String> faults = List.of();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Empty folder for the cluster, which is kept; default: one for temporary"
                            + " files, which is removed if all is well.")
    private @Nullable Path data;

    @Option(names = "--json", description = "Print one line of JSON instead of a table.")
    private boolean json;

    private final Screen screen = Screen.err();

    @SuppressWarnings("NullAway.Init") // picocli sets the specification
    ChaosCommand() {}

    @Override
    public Integer call() throws IOException {
        List<FaultKind> kinds = kinds();
        require(minutes >= 1, "--minutes must be 1 or more");
        require(workers >= 3 && workers <= Part.WORKERS, "--workers must be 3 to " + Part.WORKERS);
        require(shards >= 1 && shards <= 64, "--shards must be 1 to 64");
        long chosen = seed == null ? ThreadLocalRandom.current().nextInt(1_000_000) : seed;
        Path folder = data == null ? temporary() : data;
        try {
            if (ClusterPlace.read(folder) != null) {
                throw new RefusedException(
                        folder + " holds a cluster; name an empty folder with --data");
            }
            ClusterPlace place = new ClusterPlace(folder, PortLayout.free(), workers, null);
            System.setProperty(
                    "log.file", place.data().resolve("logs").resolve("chaos.log").toString());
            boolean good;
            try (ChaosCluster cluster = ChaosCluster.prepare(place, kinds)) {
                good = run(cluster, kinds, chosen);
                screen.line("stopping");
            }
            if (good && data == null) {
                ChaosCluster.delete(folder);
            } else {
                screen.line("kept: " + place.data());
            }
            return good ? 0 : 1;
        } catch (RefusedException e) {
            return Failure.report(screen, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // told to end: the processes are stopped already
            return 1;
        }
    }

    /** Open to the users that workers run as. */
    private static Path temporary() throws IOException {
        return Files.setPosixFilePermissions(
                Files.createTempDirectory("vectron-chaos"),
                PosixFilePermissions.fromString("rwx--x--x"));
    }

    private boolean run(ChaosCluster cluster, List<FaultKind> wanted, long chosen)
            throws IOException, RefusedException, InterruptedException {
        List<FaultKind> kinds = new ArrayList<>(wanted);
        cluster.impossible()
                .forEach((kind, reason) -> {
                    if (kinds.remove(kind)) {
                        screen.line("left out: " + kind + ": " + reason);
                    }
                });
        if (kinds.isEmpty()) {
            throw new RefusedException("none of these faults can be done here");
        }
        Thread main = Thread.currentThread();
        Thread stop = Thread.ofPlatform().name("stop").unstarted(() -> stop(cluster, main));
        Runtime.getRuntime().addShutdownHook(stop);
        start(cluster);
        ChaosRun.Settings settings =
                new ChaosRun.Settings(
                        chosen, shards, Duration.ofMinutes(minutes), cluster.place().data());
        ChaosRun run = new ChaosRun(cluster, settings, screen::line);
        Thread watch =
                Thread.ofPlatform()
                        .name("chaos-status")
                        .daemon()
                        .start(() -> watch(run, settings.length()));
        Outcome outcome;
        try {
            outcome = run.run(new Schedule(chosen, kinds));
        } finally {
            watch.interrupt();
            watch.join();
            screen.clearStatus();
        }
        ChaosReport report = new ChaosReport(outcome, repeat(chosen), cluster.impossible());
        screen.results(json ? List.of(report.json()) : report.lines());
        return outcome.good();
    }

    private void start(ChaosCluster cluster) throws IOException, RefusedException {
        screen.line("starting a cluster in " + cluster.place().data());
        List<String> ready = new ArrayList<>();
        try {
            cluster.start((Service service) -> {
                ready.add(service.toString());
                screen.status("ready: " + String.join(", ", ready));
            });
        } finally {
            screen.clearStatus();
        }
    }

    private void watch(ChaosRun run, Duration length) {
        try {
            while (true) {
                ChaosRun.Progress now = run.progress();
                screen.status(
                        String.format(
                                Locale.ROOT,
                                "%d s of %d s, %,d operations, %d faults",
                                now.elapsed().toSeconds(),
                                length.toSeconds(),
                                now.operations(),
                                now.faults()));
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it is over
        }
    }

    /** On Ctrl-C and SIGTERM; after a run in order there is nothing left to stop. */
    private void stop(ChaosCluster cluster, Thread main) {
        try {
            if (cluster.closed()) {
                return;
            }
            screen.clearStatus();
            screen.line("stopping");
            main.interrupt();
            cluster.close();
            if (data == null && Files.exists(cluster.place().data())) {
                screen.line("kept: " + cluster.place().data());
            }
        } catch (IOException e) {
            screen.line("vectron: stop went wrong: " + e.getMessage());
        }
    }

    private List<FaultKind> kinds() {
        if (faults.isEmpty()) {
            return List.of(FaultKind.values());
        }
        try {
            return faults.stream()
                    .flatMap(name -> FaultKind.named(name.strip()).stream())
                    .distinct()
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private void require(boolean right, String why) {
        if (!right) {
            throw new ParameterException(command.commandLine(), why);
        }
    }

    private String repeat(long chosen) {
        return "./vectron chaos --minutes "
                + minutes
                + " --seed "
                + chosen
                + (workers == 3 ? "" : " --workers " + workers)
                + (shards == 4 ? "" : " --shards " + shards)
                + (faults.isEmpty() ? "" : " --faults " + String.join(",", faults));
    }
}
