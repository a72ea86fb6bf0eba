package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./vectron job}: the ingest job for a Flink cluster that is there already. */
@Command(
        name = "job",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "The ingest job for an existing Flink cluster.",
        subcommands = {JobCommand.Jar.class, JobKeepCommand.class})
public final class JobCommand implements Runnable {
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets it
    JobCommand() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which one? There are: jar, keep");
    }

    /** {@code ./vectron job jar}. */
    @Command(
            name = "jar",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            sortOptions = false,
            description = {
                "Writes the jar of the ingest job, for Flink 2 on Java 21 or newer. It holds"
                        + " everything but Flink. Submit it to a session cluster, in the dashboard"
                        + " or with flink run, or put it into usrlib of a cluster in application"
                        + " mode; its arguments are those of the service ingest:",
                "",
                "  flink run -d vectron-job.jar --kafka-bootstrap-servers HOST:9092"
                        + " --placement HOST:7000",
                "",
                "The job takes no checkpoints and needs no savepoint: it reads on where the shards"
                        + " are. Two of them at once do no harm."
            })
    static final class Jar implements Callable<Integer> {
        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                showDefaultValue = picocli.CommandLine.Help.Visibility.ALWAYS,
                description = "Where to write it.")
        private Path output = Path.of("vectron-job.jar");

        private Jar() {}

        @Override
        public Integer call() throws IOException {
            Screen screen = Screen.err();
            try {
                Path built = built();
                Path target =
                        Files.isDirectory(output) ? output.resolve("vectron-job.jar") : output;
                Path parent = target.toAbsolutePath().getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.copy(built, target, StandardCopyOption.REPLACE_EXISTING);
                screen.line(String.format("%s: %,d MB", target, Files.size(target) >> 20));
                return 0;
            } catch (RefusedException e) {
                return Failure.report(screen, e);
            }
        }
    }

    /** The jar beside the libraries of this Vectron. */
    static Path built() throws RefusedException {
        String lib = System.getProperty("vectron.lib", "");
        Path jar = Path.of(lib).resolveSibling("vectron-job.jar");
        if (lib.isEmpty() || !Files.exists(jar)) {
            throw new RefusedException(
                    "the job's jar is not built: " + jar + "; use ./vectron job jar");
        }
        return jar;
    }
}
