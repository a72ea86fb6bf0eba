package io.vectron.bench.index;

import io.vectron.bench.data.Dataset;
import io.vectron.bench.index.engine.Engines;
import io.vectron.bench.report.Report;
import io.vectron.cli.terminal.Screen;
import io.vectron.index.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./vectron bench index}. */
@Command(
        name = IndexBench.NAME,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Our index beside Lucene's, JVector's and hnswlib's, on the same vectors, in one run.",
            "Prints tables, with what is to be reached; progress goes to standard error. Builds"
                    + " take minutes: with --cache they are kept."
        })
public final class IndexCommand implements Callable<Integer> {
    private static final List<Integer> EFS = List.of(10, 16, 24, 32, 48, 64, 96, 128, 200, 300);
    private static final List<Integer> QUICK_EFS = List.of(16, 48, 128);
    private static final int QUICK_ROWS = 20_000;

    @Spec private CommandSpec spec;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = {
                "Folder with base.f16bin or base.u8bin, query of the same kind, and"
                        + " groundtruth100.ibin, computed if it is not there. Each: two"
                        + " little-endian uint32 (rows, columns), then the values."
            })
    private Path data;

    @Option(
            names = "--metric",
            paramLabel = "METRIC",
            description = "cosine, euclidean or dot; default: euclidean for bytes, else cosine.")
    private @Nullable String metric;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Only the first N rows; exact answers are computed anew.")
    private @Nullable Integer rows;

    @Option(
            names = "--engines",
            split = ",",
            paramLabel = "A,B",
            description =
                    "Only these of vectron-fused, vectron-compact, vectron-hot, lucene,"
                            + " lucene-int8, jvector, jvector-slab, hnswlib.")
    private List<String> engines = Engines.names();

    @Option(
            names = "--cases",
            split = ",",
            paramLabel = "A,B",
            description =
                    "Only these of build, search, memory, search-under-writes,"
                            + " search-after-updates.")
    private List<String> cases = List.copyOf(IndexBench.CASES);

    @Option(
            names = "--ef",
            split = ",",
            paramLabel = "N,N",
            description = "Candidates kept a search; default: 10 to 300 in ten steps.")
    private @Nullable List<Integer> efs;

    @Option(
            names = "--threads",
            paramLabel = "N",
            showDefaultValue = Visibility.ALWAYS,
            description = "Threads that search.")
    private int threads = 1;

    @Option(
            names = "--build-threads",
            paramLabel = "N",
            showDefaultValue = Visibility.ALWAYS,
            description = "Threads that build, where an engine can use them.")
    private int buildThreads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Times that each engine searches for all queries at an ef; default: 5.")
    private @Nullable Integer rounds;

    @Option(
            names = "--turnovers",
            paramLabel = "N",
            description = "Times that every row is written anew; default: 10.")
    private @Nullable Integer turnovers;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Keep builds and computed exact answers here for further runs.")
    private @Nullable Path cache;

    @Option(
            names = "--python",
            paramLabel = "PROGRAM",
            showDefaultValue = Visibility.ALWAYS,
            description = "Python that has the packages hnswlib and numpy.")
    private String python = "python3";

    @Option(
            names = "--quick",
            description = "A first look: at most 20,000 rows, three values of ef, two rounds.")
    private boolean quick;

    @Option(names = "--json", description = "Print one line of JSON a measurement.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // picocli sets it
    private IndexCommand() {}

    @Override
    public Integer call() throws IOException {
        Metric wanted = metric();
        IndexPlan plan = plan();
        int most = or(rows, quick ? QUICK_ROWS : Integer.MAX_VALUE);
        if (most < IndexBench.K) {
            throw refused("--rows must be " + IndexBench.K + " or more, not " + most);
        }
        Screen screen = Screen.err();
        Dataset dataset;
        try {
            dataset = Dataset.open(data, wanted, most);
        } catch (IOException e) {
            screen.line("vectron: " + e.getMessage());
            return 1;
        }
        Path scratch = Files.createTempDirectory("vectron-bench");
        var report = new Report(System.out, json, Report.Layout.TABLE_A_CASE, IndexBench.TARGETS);
        try {
            new IndexBench(dataset, plan, scratch, report, screen).run();
        } finally {
            report.finish();
            delete(scratch);
        }
        return 0;
    }

    private IndexPlan plan() {
        try {
            return new IndexPlan(
                    new LinkedHashSet<>(cases),
                    engines,
                    efs == null ? (quick ? QUICK_EFS : EFS) : efs,
                    threads,
                    buildThreads,
                    or(rounds, quick ? 2 : 5),
                    or(turnovers, quick ? 1 : 10),
                    quick ? 3 : 20,
                    cache,
                    python);
        } catch (IllegalArgumentException e) {
            throw refused(e.getMessage());
        }
    }

    private static int or(@Nullable Integer chosen, int usual) {
        return chosen == null ? usual : chosen;
    }

    private @Nullable Metric metric() {
        if (metric == null) {
            return null;
        }
        for (Metric known : Metric.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(metric)) {
                return known;
            }
        }
        throw refused("no metric '" + metric + "'; there are: cosine, euclidean, dot");
    }

    private ParameterException refused(@Nullable String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
