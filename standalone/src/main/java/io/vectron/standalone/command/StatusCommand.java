package io.vectron.standalone.command;

import io.vectron.cli.terminal.JsonLine;
import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.cluster.Cluster;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./vectron status} of a cluster on this machine. */
@Command(
        name = "cluster-status",
        customSynopsis = "vectron status [--json] [--data=DIR]",
        hidden = true, // the launcher chooses between this and the status of a gateway
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Shows the processes that ./vectron up --cluster started: whether they run and can"
                    + " serve, since when, and how much memory they have.",
            "",
            "Exit code: 0 if all are ready, 3 if not."
        })
public final class StatusCommand implements Callable<Integer> {
    private static final int NOT_READY = 3;

    @Mixin private final ClusterOptions options = new ClusterOptions();

    @Option(names = "--json", description = "Print one line of JSON.")
    private boolean json;

    StatusCommand() {}

    @Override
    public Integer call() throws IOException {
        Screen screen = Screen.err();
        try {
            Cluster cluster = options.cluster();
            ClusterReport report = new ClusterReport(cluster.place(), cluster.status());
            screen.results(json ? List.of(JsonLine.of(report::write)) : report.table());
            return report.ready() ? 0 : NOT_READY;
        } catch (RefusedException e) {
            return Failure.report(screen, e);
        }
    }
}
