package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.cluster.Cluster;
import io.vectron.standalone.cluster.ClusterHold;
import io.vectron.standalone.cluster.Service;
import io.vectron.standalone.run.DataFolder;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ./vectron stop}. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Stops the processes that ./vectron up --cluster started, or one of them: SIGTERM, and"
                    + " SIGKILL if it has not ended within 5 to 15 s. Nothing is lost by either."
        })
public final class StopCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            converter = ClusterOptions.ServiceName.class,
            description =
                    "One of broker, placement, worker, jobmanager, taskmanager, gateway, keeper,"
                            + " worker-2, broker-2 and so on;"
                            + " default: all.")
    private @Nullable Service service;

    @Mixin private final ClusterOptions options = new ClusterOptions();

    StopCommand() {}

    @Override
    public Integer call() throws IOException {
        Screen screen = Screen.err();
        try {
            Cluster cluster = options.cluster();
            try (DataFolder held = ClusterHold.take(cluster.place().data())) {
                List<Service> wanted =
                        service == null ? List.of(Service.values()) : List.of(service);
                boolean[] any = {false};
                cluster.stop(
                        wanted,
                        (stopped, killed) -> {
                            any[0] = true;
                            screen.line(stopped + (killed ? " killed" : " stopped"));
                        });
                if (!any[0]) {
                    screen.line("nothing ran in " + held.root());
                }
                return 0;
            }
        } catch (RefusedException e) {
            return Failure.report(screen, e);
        }
    }
}
