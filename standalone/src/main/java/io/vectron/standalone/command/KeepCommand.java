package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.cluster.Keeper;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The keeper's process, which {@code ./vectron up --cluster} starts. */
@Command(
        name = "keep",
        hidden = true,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Brings Flink's processes of a cluster back when they are lost.")
public final class KeepCommand implements Callable<Integer> {
    @Mixin private final ClusterOptions options = new ClusterOptions();

    KeepCommand() {}

    @Override
    public Integer call() throws IOException {
        try {
            new Keeper(options.cluster()).run();
            return 0;
        } catch (RefusedException e) {
            return Failure.report(Screen.err(), e);
        }
    }
}
