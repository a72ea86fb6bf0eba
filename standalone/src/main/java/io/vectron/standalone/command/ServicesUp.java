package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.common.config.Sources;
import io.vectron.common.launch.ServiceMain;
import io.vectron.standalone.cluster.ClusterHold;
import io.vectron.standalone.run.Assembly;
import io.vectron.standalone.run.RefusedException;
import io.vectron.standalone.run.ServiceKind;
import io.vectron.standalone.run.ServiceSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code ./vectron up --services}. */
final class ServicesUp {
    private final Path data;
    private final boolean dataGiven;
    private final PlaceOptions options;
    private final Screen screen;

    /**
     * @param dataGiven whether the folder wins over the settings of the services
     */
    ServicesUp(Path data, boolean dataGiven, PlaceOptions options, Screen screen) {
        this.data = data.toAbsolutePath().normalize();
        this.dataGiven = dataGiven;
        this.options = options;
        this.screen = screen;
    }

    /** Runs services until the process is told to stop; returns only if there is nothing to run. */
    int run(Set<ServiceKind> kinds) throws IOException, RefusedException, InterruptedException {
        @Nullable Path folder = dataGiven ? data : null;
        Selection.Given given =
                new Selection.Given(data, folder, options.portsIfGiven(), options.kafkaIfGiven());
        Selection selection =
                new Selection(
                        given, (kind, arguments) -> Sources.of(kind.toString(), null, arguments));
        return switch (selection.read(kinds)) {
            case Selection.Outcome.Refused(String report) -> {
                screen.line(report);
                yield ServiceMain.MISUSED;
            }
            case Selection.Outcome.Accepted(ServiceSet set) -> serve(kinds, set);
        };
    }

    private int serve(Set<ServiceKind> kinds, ServiceSet set)
            throws IOException, RefusedException, InterruptedException {
        // Not held: other services run in the folder from other processes. Each part has a lock.
        ClusterHold.takeUnused(data).close();
        String names = kinds.stream().map(ServiceKind::toString).collect(Collectors.joining("-"));
        Path log = data.resolve("logs").resolve(names + ".log");
        Running.logTo(log);
        screen.line("starting " + names.replace("-", ", ") + " (log: " + log + ")");
        Assembly assembly = Assembly.start(set);
        Duration took = Running.sinceStart();
        Stopping.atExit(screen, assembly::close);
        ServicesReport report = new ServicesReport(assembly, took);
        if (options.json()) {
            screen.results(List.of(report.json()));
        } else {
            screen.results(report.lines());
            screen.line("Ctrl-C stops it");
        }
        new CountDownLatch(1).await(); // until a signal ends the process
        return 0;
    }
}
