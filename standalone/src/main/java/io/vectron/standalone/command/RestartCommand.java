package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.cluster.Cluster;
import io.vectron.standalone.cluster.ClusterHold;
import io.vectron.standalone.cluster.Service;
import io.vectron.standalone.run.DataFolder;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ./vectron restart}. */
@Command(
        name = "restart",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Stops a service of ./vectron up --cluster, if it runs, starts it with the jars and"
                    + " flags of now, and waits until it can serve."
        })
public final class RestartCommand implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Parameters(
            paramLabel = "SERVICE",
            converter = ClusterOptions.ServiceName.class,
            description =
                    "One of broker, placement, worker, jobmanager, taskmanager, gateway, keeper,"
                            + " worker-2, broker-2 and so on.")
    private Service service;

    @Mixin private final ClusterOptions options = new ClusterOptions();

    @SuppressWarnings("NullAway.Init") // picocli sets the service
    RestartCommand() {}

    @Override
    public Integer call() throws IOException {
        Screen screen = Screen.err();
        try {
            Cluster cluster = options.cluster();
            if (!cluster.place().services().contains(service)) {
                throw new RefusedException(
                        "this cluster has no "
                                + service
                                + ": it has "
                                + cluster.place().workers()
                                + " workers and uses Kafka at "
                                + cluster.place().kafka());
            }
            try (DataFolder held = ClusterHold.take(cluster.place().data())) {
                long began = System.nanoTime();
                screen.status("stopping " + service);
                cluster.stop(
                        List.of(service),
                        (stopped, killed) ->
                                screen.line(stopped + (killed ? " killed" : " stopped")));
                screen.status("starting " + service + " in " + held.root());
                cluster.start(List.of(service), LIMIT, ready -> {});
                screen.clearStatus();
                screen.line(
                        String.format(
                                Locale.ROOT,
                                "%s ready after %.1f s",
                                service,
                                (System.nanoTime() - began) / 1e9));
                return 0;
            }
        } catch (RefusedException e) {
            return Failure.report(screen, e);
        }
    }
}
