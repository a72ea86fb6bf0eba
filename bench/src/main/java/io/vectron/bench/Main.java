package io.vectron.bench;

import io.vectron.bench.cluster.ClusterCommand;
import io.vectron.bench.index.IndexCommand;
import io.vectron.bench.report.Report;
import io.vectron.bench.run.Scratch;
import io.vectron.bench.run.Vectors;
import io.vectron.bench.smoke.SmokeBench;
import io.vectron.cli.terminal.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program behind {@code ./vectron bench}. */
@Command(
        name = "bench",
        description = "Measures Vectron on this machine.",
        mixinStandardHelpOptions = true,
        subcommands = {Main.Smoke.class, IndexCommand.class, ClusterCommand.class})
public final class Main implements Runnable {
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Main() {}

    /** Runs a benchmark; exits with 0, 1 for a failure, or 2 for a wrong command line. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which benchmark? There are: smoke, index, cluster");
    }

    /** {@code ./vectron bench smoke}. */
    @Command(
            name = SmokeBench.NAME,
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "What a newcomer feels: start-up, freshness, ingest, the demo. Takes some minutes.",
                "Prints a table, with what is to be reached on two cores; progress goes to"
                        + " standard error."
            })
    static final class Smoke implements Callable<Integer> {
        private static final int DIMENSION = 384;
        private static final int CENTRES = 500;

        @Spec private CommandSpec spec;

        @Option(
                names = "--cases",
                split = ",",
                paramLabel = "A,B",
                description =
                        "Only these of startup, cluster, command, freshness, rest, ingest, demo.")
        private List<String> cases = List.copyOf(SmokeBench.CASES);

        @Option(names = "--json", description = "Print one line of JSON a measurement.")
        private boolean json;

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "Vectors to load, base.f16bin; default: synthetic ones.")
        private @Nullable Path data;

        @Option(
                names = "--points",
                paramLabel = "N",
                showDefaultValue = CommandLine.Help.Visibility.ALWAYS,
                description = "Points to ingest.")
        private int points = 30_000;

        @Option(
                names = "--shards",
                paramLabel = "N",
                showDefaultValue = CommandLine.Help.Visibility.ALWAYS,
                description = "Shards to ingest into.")
        private int shards = 2;

        @Option(
                names = "--fresh-points",
                paramLabel = "N",
                showDefaultValue = CommandLine.Help.Visibility.ALWAYS,
                description = "Points to send one at a time.")
        private int freshPoints = 500;

        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Smoke() {}

        @Override
        public Integer call() throws IOException, InterruptedException {
            Set<String> chosen = chosen();
            Vectors vectors =
                    data == null
                            ? Vectors.synthetic(DIMENSION, CENTRES, 1)
                            : Vectors.fromFolder(data);
            Path home = Path.of(System.getProperty("vectron.home", "."));
            Path scratch = Files.createTempDirectory("vectron-bench");
            Report report = new Report(System.out, json, SmokeBench.TARGETS);
            try {
                SmokeBench.Size size = new SmokeBench.Size(freshPoints, points, shards);
                new SmokeBench(home, scratch, vectors, size, Screen.err()).run(chosen, report);
            } finally {
                report.finish();
                Scratch.delete(scratch);
            }
            return 0;
        }

        private Set<String> chosen() {
            for (String name : cases) {
                if (!SmokeBench.CASES.contains(name)) {
                    throw new ParameterException(
                            spec.commandLine(),
                            "no case '" + name + "'; there are: " + SmokeBench.CASES);
                }
            }
            return new LinkedHashSet<>(cases);
        }
    }
}
