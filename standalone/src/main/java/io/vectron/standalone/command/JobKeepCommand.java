package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.common.launch.Arguments;
import io.vectron.common.launch.ServiceMain;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.job.IngestJob;
import io.vectron.standalone.flink.SessionKeeper;
import io.vectron.standalone.run.RefusedException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./vectron job keep}. */
@Command(
        name = "keep",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Keeps the ingest job on a session cluster until SIGTERM: submits it when the cluster"
                    + " runs none, as after a crash of the JobManager or when somebody cancelled"
                    + " it. The job outlives the keeper.",
            "",
            "The job is told by the settings of the service ingest, as they are found here"
                    + " (./vectron config ingest); arguments after -- win over them:",
            "",
            "  ./vectron job keep --flink http://HOST:8081 -- --kafka-bootstrap-servers HOST:9092"
                    + " --placement HOST:7000",
            "",
            "It knows the job by its name, so a Flink cluster serves one Vectron. To change the"
                    + " job, replace the jar's file and cancel the job."
        })
final class JobKeepCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--flink",
            required = true,
            paramLabel = "URL",
            description = "Where the cluster's REST interface is, such as http://HOST:8081.")
    private URI flink;

    @Option(
            names = "--jar",
            paramLabel = "FILE",
            description = "The job's jar, read at each submission; default: that of this Vectron.")
    private @Nullable Path jar;

    @Parameters(paramLabel = "ARGUMENT", description = "Arguments of the job, after --.")
    private List<String> arguments = List.of();

    @SuppressWarnings("NullAway.Init") // picocli sets specification and address
    private JobKeepCommand() {}

    @Override
    public Integer call() {
        String scheme = flink.getScheme();
        if (flink.getHost() == null || !List.of("http", "https").contains(scheme)) {
            throw new ParameterException(
                    spec.commandLine(), "--flink is no address such as http://HOST:8081: " + flink);
        }
        Screen screen = Screen.err();
        try {
            Path file = jar == null ? JobCommand.built() : jar.toAbsolutePath();
            if (!Files.isReadable(file)) {
                throw new RefusedException("there is no jar " + file);
            }
            return keep(file);
        } catch (RefusedException e) {
            return Failure.report(screen, e);
        }
    }

    private int keep(Path file) {
        var settings = IngestConfig.settings();
        return switch (Arguments.read(settings, JobKeepCommand.class, arguments)) {
            case Arguments.Outcome.Inform<IngestConfig>(String text) -> {
                System.out.println(text);
                yield 0;
            }
            case Arguments.Outcome.Refuse<IngestConfig>(String text) -> {
                System.err.println(text);
                yield ServiceMain.MISUSED;
            }
            case Arguments.Outcome.Run<IngestConfig>(IngestConfig config) ->
                    ServiceMain.serve(
                            "job-keeper",
                            new SessionKeeper.Job(IngestJob.NAME, file, settings.arguments(config)),
                            this::start);
        };
    }

    private ServiceMain.Started start(SessionKeeper.Job job) {
        return new ServiceMain.Started("Flink " + flink, SessionKeeper.start(flink, job));
    }
}
