package io.vectron.standalone.command;

import io.vectron.cli.terminal.JsonLine;
import io.vectron.cli.terminal.Screen;
import io.vectron.cli.terminal.Table;
import io.vectron.common.config.Loaded;
import io.vectron.common.config.Problem;
import io.vectron.common.config.SampleFile;
import io.vectron.common.config.ServiceSettings;
import io.vectron.common.config.SettingValue;
import io.vectron.common.config.Sources;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./vectron config}. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Shows the configuration that a service would start with here: value and source of"
                    + " every key, secrets masked. Without a service, lists the services.",
            "",
            "It looks where the service looks: at the environment, and at .env.SERVICE,"
                    + " SERVICE.env or env/SERVICE.env in this folder."
        })
public final class ConfigCommand implements Callable<Integer> {
    private static final int MISUSED = 2;

    @Spec private CommandSpec command;

    @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "Name of a service.")
    private @Nullable String service;

    @Option(names = "--config", paramLabel = "FILE", description = "Read this file instead.")
    private @Nullable Path file;

    @Option(names = "--json", description = "Print a JSON object a line.")
    private boolean json;

    @Option(
            names = "--sample",
            description = "Print a sample file with every setting explained instead.")
    private boolean sample;

    @SuppressWarnings("NullAway.Init") // picocli sets the specification
    ConfigCommand() {}

    @Override
    public Integer call() {
        Screen screen = Screen.err();
        if (service == null) {
            screen.results(Services.all().stream().map(this::service).toList());
            return 0;
        }
        ServiceSettings<?> settings = Services.named(service);
        if (settings == null) {
            throw new ParameterException(
                    command.commandLine(),
                    "no such service: " + service + "; there are " + Services.names());
        }
        if (sample) {
            screen.results(List.of(SampleFile.of(settings).stripTrailing()));
            return 0;
        }
        return show(settings, screen);
    }

    private int show(ServiceSettings<?> settings, Screen screen) {
        Sources sources = Sources.of(settings.service(), file, Map.of());
        return switch (settings.load(sources)) {
            case Loaded.Accepted<?> accepted -> {
                screen.results(
                        json
                                ? accepted.settings().stream().map(ConfigCommand::json).toList()
                                : table(accepted.settings()));
                yield 0;
            }
            case Loaded.Refused<?> refused -> {
                if (json) {
                    screen.results(refused.problems().stream().map(ConfigCommand::json).toList());
                } else {
                    screen.line(refused.report());
                }
                yield MISUSED;
            }
        };
    }

    private String service(ServiceSettings<?> settings) {
        return json
                ? JsonLine.of(line -> line.writeStringField("service", settings.service()))
                : settings.service();
    }

    private static List<String> table(List<SettingValue> values) {
        Table table = new Table("KEY", "VALUE", "SOURCE");
        for (SettingValue value : values) {
            table.row(value.key(), value.value(), value.origin().toString());
        }
        return table.lines();
    }

    private static String json(SettingValue value) {
        return JsonLine.of(line -> {
            line.writeStringField("key", value.key());
            line.writeStringField("value", value.value());
            line.writeStringField("default", value.defaultValue());
            line.writeStringField("source", value.origin().toString());
        });
    }

    private static String json(Problem problem) {
        return JsonLine.of(line -> {
            line.writeStringField("event", "problem");
            line.writeStringField("key", problem.key());
            line.writeStringField("value", problem.value());
            line.writeStringField("source", problem.source());
            line.writeStringField("reason", problem.reason());
            line.writeStringField("allowed", problem.allowed());
        });
    }
}
