package io.vectron.cli;

import io.vectron.cli.command.Commands;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program behind all commands of {@code ./vectron} that speak with a running gateway. */
@Command(
        name = "vectron",
        description = "Works with a running Vectron.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
public final class Main implements Runnable {
    /** Held, since a logger that nobody holds forgets its level. */
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    static {
        // Libraries ask for a logger, and SLF4J would tell everybody that there is none.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
    }

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Main() {}

    /** Runs a command; exits with 0, 1 for a failure, or 2 for a wrong command line. */
    public static void main(String[] arguments) {
        // What gRPC has to say about a broken connection is said by the command.
        GRPC.setLevel(Level.OFF);
        System.exit(run(arguments));
    }

    /** Runs a command in this process; returns its exit code. */
    static int run(String... arguments) {
        CommandLine program = new CommandLine(new Main());
        Commands.addTo(program, arguments);
        return Commands.dressed(program).execute(arguments);
    }

    /** There is no command without a name. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** The version, as the jar's manifest has it. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Version.class.getPackage().getImplementationVersion();
            return new String[] {"vectron " + (version == null ? "(not from a jar)" : version)};
        }
    }
}
