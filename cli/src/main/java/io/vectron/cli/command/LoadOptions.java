package io.vectron.cli.command;

import io.vectron.cli.load.Importer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How points are sent. Filled by picocli. */
final class LoadOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Most points of a request, up to 1,000; default: 500.")
    private int batch = 500;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description = "Most requests at a time, up to 64; default: 4.")
    private int inFlight = 4;

    @Option(
            names = "--retry-for",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = ClientOptions.DurationConverter.class,
            description =
                    "How long to try again after errors that may pass, such as 5m; default: 60s.")
    private Duration retryFor = Duration.ofSeconds(60);

    @Option(
            names = "--keep-going",
            description = "Pass over points that are refused, instead of ending at the first one.")
    private boolean keepGoing;

    Importer.Setting setting(String collection) {
        try {
            return new Importer.Setting(collection, batch, inFlight, retryFor, keepGoing);
        } catch (IllegalArgumentException e) {
            if (command == null) {
                throw e;
            }
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }
}
