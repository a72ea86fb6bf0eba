package io.vectron.standalone;

import io.vectron.common.config.LogFormat;
import io.vectron.standalone.command.ChaosCommand;
import io.vectron.standalone.command.CompletionCommand;
import io.vectron.standalone.command.ConfigCommand;
import io.vectron.standalone.command.DemoCommand;
import io.vectron.standalone.command.JobCommand;
import io.vectron.standalone.command.KeepCommand;
import io.vectron.standalone.command.LogsCommand;
import io.vectron.standalone.command.RestartCommand;
import io.vectron.standalone.command.StatusCommand;
import io.vectron.standalone.command.StopCommand;
import io.vectron.standalone.command.UpCommand;
import io.vectron.standalone.command.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program behind {@code ./vectron up}, {@code demo} and {@code config}. */
@Command(
        name = "vectron",
        description = "A distributed vector database whose log is the truth.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            UpCommand.class,
            DemoCommand.class,
            ChaosCommand.class,
            CompletionCommand.class,
            ConfigCommand.class,
            StatusCommand.class,
            StopCommand.class,
            RestartCommand.class,
            LogsCommand.class,
            JobCommand.class,
            KeepCommand.class
        })
public final class Main implements Runnable {
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Main() {}

    /** Runs a command; exits with 0, 1 for a failure, or 2 for a wrong command line. */
    public static void main(String[] arguments) {
        String problem = LogFormat.problem();
        if (problem != null) {
            System.err.println("vectron: " + problem);
            System.exit(CommandLine.ExitCode.USAGE);
        }
        // Parts of others leave threads behind that are no daemons: end regardless of them.
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    /** There is no command without a name. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
