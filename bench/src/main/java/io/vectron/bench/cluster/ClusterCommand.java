package io.vectron.bench.cluster;

import io.vectron.bench.report.Report;
import io.vectron.bench.run.Scratch;
import io.vectron.bench.run.Vectors;
import io.vectron.cli.terminal.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./vectron bench cluster}. */
@Command(
        name = ClusterBench.NAME,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "What replicas cost, and how a cluster of real processes takes the loss of leaders,"
                    + " idle shards and new members. Takes half an hour.",
            "Prints a table, with what is to be reached on two cores; progress goes to standard"
                    + " error."
        })
public final class ClusterCommand implements Callable<Integer> {
    private static final int DIMENSION = 384;
    private static final int CENTRES = 500;

    @Spec private CommandSpec spec;

    @Option(
            names = "--cases",
            split = ",",
            paramLabel = "A,B",
            description = {
                "Only these of replicate (batches through three replicas in one process, against"
                        + " RocksDB alone), failover (kill -9 of leaders under load), idle (many"
                        + " shards with nothing to do), new-member (a worker is lost, and another"
                        + " one takes its place under load)."
            })
    private List<String> cases = ClusterBench.CASES;

    @Option(names = "--json", description = "Print one line of JSON a measurement.")
    private boolean json;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Vectors to load, base.f16bin; default: synthetic ones.")
    private @Nullable Path data;

    @Option(
            names = "--rows",
            paramLabel = "N",
            showDefaultValue = Visibility.ALWAYS,
            description = "Case replicate: rows to write in each round.")
    private int rows = 40_000;

    @Option(
            names = "--kills",
            paramLabel = "N",
            showDefaultValue = Visibility.ALWAYS,
            description = "Case failover: leaders to kill.")
    private int kills = 20;

    @Option(
            names = "--shards",
            paramLabel = "N",
            showDefaultValue = Visibility.ALWAYS,
            description = "Case idle: shards of three replicas.")
    private int shards = 64;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            showDefaultValue = Visibility.ALWAYS,
            description = "Case idle: how long to look.")
    private int seconds = 60;

    @Option(
            names = "--megabytes",
            paramLabel = "N",
            showDefaultValue = Visibility.ALWAYS,
            description = "Case new-member: vectors of the shard.")
    private int megabytes = 100;

    @SuppressWarnings("NullAway.Init") // picocli sets the specification
    private ClusterCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Set<String> chosen = chosen();
        ClusterBench.Size size = size();
        Vectors vectors =
                data == null ? Vectors.synthetic(DIMENSION, CENTRES, 1) : Vectors.fromFolder(data);
        Path scratch = Files.createTempDirectory("vectron-bench");
        Report report = new Report(System.out, json, ClusterBench.TARGETS);
        try {
            new ClusterBench(scratch, vectors, size, Screen.err()).run(chosen, report);
        } finally {
            report.finish();
            Scratch.delete(scratch);
        }
        return 0;
    }

    private ClusterBench.Size size() {
        try {
            return new ClusterBench.Size(rows, kills, shards, seconds, megabytes);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Set<String> chosen() {
        for (String name : cases) {
            if (!ClusterBench.CASES.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "no case '" + name + "'; there are: " + ClusterBench.CASES);
            }
        }
        return new LinkedHashSet<>(cases);
    }
}
