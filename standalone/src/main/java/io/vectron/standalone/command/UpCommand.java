package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./vectron up}. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Starts everything in one process and stays in the foreground until Ctrl-C or SIGTERM.",
            "",
            "Data is kept between starts. It survives kill -9, but not a power cut: the embedded"
                    + " broker leaves flushing to the operating system. To flush every record,"
                    + " set flush.messages=1 on the topic."
        })
public final class UpCommand implements Callable<Integer> {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            showDefaultValue = CommandLine.Help.Visibility.ALWAYS,
            description = "Folder that everything is kept in.")
    private Path data = Path.of("data");

    @Mixin private final PlaceOptions options = new PlaceOptions();

    UpCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Screen screen = Screen.err();
        try {
            Running running = Running.start(data, options, screen);
            ReadyReport report = new ReadyReport(running);
            if (options.json()) {
                screen.results(List.of(report.json()));
            } else {
                screen.results(report.lines());
                screen.line("Ctrl-C stops it");
            }
            new CountDownLatch(1).await(); // until a signal ends the process
            return 0;
        } catch (RefusedException e) {
            return Failure.report(screen, e);
        }
    }
}
