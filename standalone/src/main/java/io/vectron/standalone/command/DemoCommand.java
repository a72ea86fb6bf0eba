package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.demo.Demo;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./vectron demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "A reverse dictionary: starts everything in one process, creates a collection, embeds"
                    + " words with their definitions, produces them to Kafka, and finds words by"
                    + " what you say they mean.",
            "",
            "On a terminal it asks for questions while it loads. Otherwise it loads everything,"
                    + " then answers each line of standard input. Answers go to standard output,"
                    + " all else to standard error. Words that were loaded before are kept."
        })
public final class DemoCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Option(
            names = "--query",
            paramLabel = "TEXT",
            description =
                    "Wait until all is searchable, find words that mean TEXT, print them and exit;"
                            + " may be repeated.")
    private List<String> queries = List.of();

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Load only the N most used meanings; default: all, some 11,600.")
    private int count = Integer.MAX_VALUE;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            showDefaultValue = CommandLine.Help.Visibility.ALWAYS,
            description = "Folder that everything is kept in.")
    private Path data = Path.of("data", "demo");

    @Mixin private final PlaceOptions options = new PlaceOptions();

    @SuppressWarnings("NullAway.Init") // picocli sets the specification
    DemoCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (count < 1) {
            throw new ParameterException(command.commandLine(), "--count must be 1 or more");
        }
        Screen screen = Screen.err();
        try (Running running = Running.start(data, options, screen)) {
            ReadyReport report = new ReadyReport(running);
            if (options.json()) {
                screen.results(List.of(report.json()));
            } else {
                screen.line(report.summary());
            }
            return converse(running, screen);
        } catch (RefusedException e) {
            return Failure.report(screen, e);
        }
    }

    private int converse(Running running, Screen screen) throws IOException, InterruptedException {
        PortLayout ports = running.standalone().ports();
        Demo.Setting setting =
                new Demo.Setting(
                        dictionary(),
                        count,
                        running.standalone().bootstrapServers(),
                        ports.address(Part.GATEWAY),
                        running.standalone().folder().resolve("native"));
        if (!options.json()) {
            screen.line(
                    "Flink dashboard: http://"
                            + ports.address(Part.FLINK)
                            + "   gRPC: "
                            + ports.address(Part.GATEWAY)
                            + "   Kafka: "
                            + running.standalone().bootstrapServers());
        }
        try (Demo demo = Demo.start(setting)) {
            running.beforeStop(demo::close);
            return new Conversation(demo, screen, options.json()).hold(queries);
        }
    }

    private static Path dictionary() {
        return Path.of(System.getProperty("vectron.home", "."), "demo", "wordnet.tsv.gz");
    }
}
