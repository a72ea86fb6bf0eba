package io.vectron.bench.index;

import io.vectron.bench.data.DataException;
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
import java.util.Set;
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
    private static final int QUICK_MERGE_ROWS = 200_000;

    @Spec private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = {
                "Folder with base.f16bin or base.u8bin, query of the same kind, and"
                        + " groundtruth100.ibin, computed if it is not there. Each: two"
                        + " little-endian uint32 (rows, columns), then the values. Case merge"
                        + " alone does without."
            })
    private @Nullable Path data;

    @Option(
            names = "--metric",
            paramLabel = "METRIC",
            description = "cosine, euclidean or dot; default: euclidean for bytes, else cosine.")
    private @Nullable String metric;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = {
                "Only the first N rows; exact answers are computed anew.",
                "Case merge: synthetic rows to write, by default 5,000,000."
            })
    private @Nullable Integer rows;

    @Option(
            names = "--engines",
            split = ",",
            paramLabel = "A,B",
            description =
                    "Only these of vectron, vectron-fused, vectron-compact, vectron-hot, lucene,"
                            + " lucene-int8, jvector, jvector-slab, hnswlib.")
    private List<String> engines = Engines.names();

    @Option(
            names = "--cases",
            split = ",",
            paramLabel = "A,B",
            description = {
                "Only these; default: the first five.",
                "Of every engine: build, search, memory, search-under-writes,"
                        + " search-after-updates.",
                "Of our index as a whole: search-segments (1, 2, 4 and 8 of them), pauses (1,000"
                        + " upserts/s while it seals and merges, for a minute), open (by a new"
                        + " process), memory-limit (in a control group with memory for half of its"
                        + " files; needs root), parameters (graphs built in several ways), merge"
                        + " (what is written a byte that comes in: 5 million short rows, with"
                        + " graphs of little effort; a quarter of an hour on a free core)."
            })
    private List<String> cases = IndexBench.ENGINE_CASES;

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
            names = "--parameters",
            split = ";",
            paramLabel = "A;B",
            description =
                    "Case parameters: graphs to build, such as alpha=1.2,beam=90,degree=32 or"
                            + " alpha=1.0,layout=compact; default: nine of them.")
    private List<String> parameters = ParametersCase.USUAL;

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
        if (rows != null && rows < IndexBench.K) {
            throw refused("--rows must be " + IndexBench.K + " or more, not " + rows);
        }
        Screen screen = Screen.err();
        Path scratch = Files.createTempDirectory("vectron-bench");
        var report = new Report(System.out, json, Report.Layout.TABLE_A_CASE, IndexBench.TARGETS);
        try {
            if (!plan.cases().equals(Set.of(MergeCase.NAME))) {
                new IndexBench(dataset(wanted), plan, scratch, report, screen).run();
            }
            if (plan.cases().contains(MergeCase.NAME)) {
                int written = quick ? QUICK_MERGE_ROWS : MergeCase.USUAL_ROWS;
                new MergeCase(or(rows, written), scratch, report, screen).run();
            }
        } catch (DataException e) {
            screen.line("vectron: " + e.getMessage());
            return 1;
        } finally {
            report.finish();
            delete(scratch);
        }
        return 0;
    }

    private Dataset dataset(@Nullable Metric wanted) throws IOException {
        if (data == null) {
            throw refused("--data DIR is missing: only case merge makes its own rows");
        }
        return Dataset.open(data, wanted, or(rows, quick ? QUICK_ROWS : Integer.MAX_VALUE));
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
                    quick ? 10 : 60,
                    parameters,
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
