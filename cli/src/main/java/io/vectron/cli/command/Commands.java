package io.vectron.cli.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.cli.terminal.Terminal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands of the command line, and how it treats a wrong one. */
public final class Commands {
    private static final int NARROWEST = 60;
    private static final int WIDEST = 100;
    private static final Map<String, Class<?>> CLASSES = classes();

    private Commands() {}

    private static Map<String, Class<?>> classes() {
        Map<String, Class<?>> classes = new LinkedHashMap<>();
        classes.put("collection", CollectionCommand.class);
        classes.put("point", PointCommand.class);
        classes.put("search", SearchCommand.class);
        classes.put("import", ImportCommand.class);
        classes.put("dlq", LetterCommand.class);
        classes.put("trace", TraceCommand.class);
        classes.put("status", StatusCommand.class);
        return classes;
    }

    /** Names of the commands, in the order that help lists them. */
    public static List<String> names() {
        return List.copyOf(CLASSES.keySet());
    }

    /** Adds every command to a program. */
    public static void addAllTo(CommandLine program) {
        CLASSES.forEach((name, type) -> add(program, name, type));
    }

    /**
     * Adds what a command line needs: the one command that it begins with, since reading the
     * annotations of all takes a good part of the time that a command takes.
     */
    public static void addTo(CommandLine program, String[] arguments) {
        Class<?> type = arguments.length == 0 ? null : CLASSES.get(arguments[0]);
        if (type == null) {
            addAllTo(program);
        } else {
            add(program, arguments[0], type);
        }
    }

    /** Sets how help looks and how a wrong command line is answered. */
    public static CommandLine dressed(CommandLine program) {
        return program.setColorScheme(
                        Help.defaultColorScheme(Terminal.outIsColoured() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(Math.clamp(Terminal.columns(), NARROWEST, WIDEST))
                .setAbbreviatedOptionsAllowed(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(refusal());
    }

    private static void add(CommandLine program, String name, Class<?> type) {
        CommandLine command = new CommandLine(type);
        addHelp(command);
        program.addSubcommand(name, command);
    }

    private static void addHelp(CommandLine program) {
        program.getCommandSpec().mixinStandardHelpOptions(true);
        program.getSubcommands().values().forEach(Commands::addHelp);
    }

    private static IParameterExceptionHandler refusal() {
        return (ParameterException wrong, String[] arguments) -> {
            CommandLine command = wrong.getCommandLine();
            Screen screen = Screen.err();
            screen.line("vectron: " + wrong.getMessage());
            if (wrong instanceof UnmatchedArgumentException unmatched
                    && !unmatched.getSuggestions().isEmpty()) {
                screen.line(
                        "did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?");
            }
            screen.line(command.getCommandSpec().qualifiedName() + " --help tells more");
            return command.getCommandSpec().exitCodeOnInvalidInput();
        };
    }
}
