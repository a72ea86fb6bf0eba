package io.vectron.common.launch;

import io.vectron.common.config.Loaded;
import io.vectron.common.config.ServiceSettings;
import io.vectron.common.config.SettingDoc;
import io.vectron.common.config.Sources;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Arguments of a service's program: {@code --help}, {@code --version}, {@code --config FILE}, and
 * an option for every setting.
 */
public final class Arguments {
    private static final String CONFIG = "--config";

    private Arguments() {}

    /** What the arguments, and the configuration with them, come to. */
    public sealed interface Outcome<T extends Record> {
        /** The service is to be run with this configuration. */
        record Run<T extends Record>(T config) implements Outcome<T> {}

        /** Only this was asked for. */
        record Inform<T extends Record>(String text) implements Outcome<T> {}

        /** Arguments or configuration are wrong, as the text says. */
        record Refuse<T extends Record>(String text) implements Outcome<T> {}
    }

    /**
     * Reads arguments and configuration.
     *
     * @param main the program; its jar tells the version
     */
    public static <T extends Record> Outcome<T> read(
            ServiceSettings<T> settings, Class<?> main, List<String> arguments) {
        List<SettingDoc> documentation = settings.documentation();
        CommandLine line = commandLine(settings, documentation);
        ParseResult parsed;
        try {
            parsed = line.parseArgs(arguments.toArray(String[]::new));
        } catch (ParameterException e) {
            String name = line.getCommandName();
            return new Outcome.Refuse<>(
                    name + ": " + e.getMessage() + "\n" + name + " --help lists all options");
        }
        if (parsed.isUsageHelpRequested()) {
            return new Outcome.Inform<>(line.getUsageMessage().stripTrailing());
        }
        if (parsed.isVersionHelpRequested()) {
            return new Outcome.Inform<>(version(main));
        }
        Path file = parsed.matchedOptionValue(CONFIG, (@Nullable Path) null);
        Sources sources = Sources.of(settings.service(), file, given(parsed, documentation));
        return switch (settings.load(sources)) {
            case Loaded.Accepted<T> accepted -> new Outcome.Run<>(accepted.config());
            case Loaded.Refused<T> refused -> new Outcome.Refuse<>(refused.report());
        };
    }

    private static Map<String, String> given(ParseResult parsed, List<SettingDoc> documentation) {
        Map<String, String> values = new HashMap<>();
        for (SettingDoc setting : documentation) {
            if (!parsed.hasMatchedOption(setting.option())) {
                continue;
            }
            if (setting.properties()) {
                Map<String, String> properties =
                        parsed.matchedOptionValue(setting.option(), Map.of());
                properties.forEach((name, value) ->
                        values.put(ServiceSettings.propertyKey(setting.key(), name), value));
            } else {
                values.put(setting.key(), parsed.matchedOptionValue(setting.option(), ""));
            }
        }
        return values;
    }

    private static CommandLine commandLine(
            ServiceSettings<?> settings, List<SettingDoc> documentation) {
        CommandSpec spec = CommandSpec.create().name("vectron-" + settings.service());
        spec.usageMessage()
                .description(
                        "Runs the service "
                                + settings.service()
                                + " of Vectron until SIGTERM. Each setting can be given as an"
                                + " argument, by the environment, or in a file; the key of"
                                + " --some-setting is "
                                + settings.prefix()
                                + "SOME_SETTING. Arguments win over the environment, and that wins"
                                + " over the file, unless "
                                + Sources.OVERRIDE
                                + "=1. Arguments are seen by everybody on the machine: secrets"
                                + " belong in the file.")
                .sortOptions(false)
                .sortSynopsis(false)
                .synopsisHeading("Usage: ")
                .abbreviateSynopsis(true)
                .width(100)
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(exitCodes());
        spec.addOption(
                OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("This text.")
                        .build());
        spec.addOption(
                OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("The version.")
                        .build());
        spec.addOption(
                OptionSpec.builder(CONFIG)
                        .paramLabel("FILE")
                        .type(Path.class)
                        .description(
                                "File with settings, KEY=value lines. Without it, the first that"
                                        + " exists of "
                                        + String.join(", ", Sources.files(settings.service()))
                                        + ".")
                        .build());
        documentation.forEach(setting -> spec.addOption(option(setting)));
        CommandLine line = new CommandLine(spec);
        line.setExpandAtFiles(false);
        return line.setInterpolateVariables(false);
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put("0", "ended as asked");
        codes.put(Integer.toString(ServiceMain.FAILED), "could not start, or failed");
        codes.put(Integer.toString(ServiceMain.MISUSED), "wrong arguments or configuration");
        return codes;
    }

    private static OptionSpec option(SettingDoc setting) {
        SettingDoc.Value value = setting.value();
        String byDefault =
                setting.required()
                        ? " Required; such as " + value.defaultValue() + "."
                        : " Default: " + value.describedDefault() + ".";
        OptionSpec.Builder option =
                OptionSpec.builder(setting.option())
                        .paramLabel(value.label())
                        .description(setting.meaning() + byDefault);
        if (setting.properties()) {
            return option.type(Map.class).auxiliaryTypes(String.class, String.class).build();
        }
        option.type(String.class);
        // --insecure alone is as good as --insecure true.
        return value.truth()
                ? option.arity("0..1").fallbackValue("true").build()
                : option.arity("1").build();
    }

    /** The version, as the manifest of the program's jar has it. */
    private static String version(Class<?> main) {
        String version = main.getPackage().getImplementationVersion();
        return "vectron "
                + (version == null ? "(not from a jar)" : version)
                + "\nJVM "
                + Runtime.version();
    }
}
