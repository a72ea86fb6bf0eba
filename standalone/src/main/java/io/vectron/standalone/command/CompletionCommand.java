package io.vectron.standalone.command;

import io.vectron.cli.command.Commands;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./vectron completion}. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Prints a script that completes commands and options in bash.",
            "",
            "For this shell: source <(./vectron completion). For all: save it as"
                    + " ~/.local/share/bash-completion/completions/vectron."
        })
public final class CompletionCommand implements Callable<Integer> {
    /** What the launcher does without this program. */
    private static final List<String> LAUNCHER = List.of("bench", "test", "help");

    @Spec private CommandSpec command;

    @SuppressWarnings("NullAway.Init") // picocli sets the specification
    CompletionCommand() {}

    @Override
    public Integer call() {
        CommandLine all = command.root().commandLine();
        Commands.addAllTo(all);
        LAUNCHER.forEach(name -> all.addSubcommand(name, CommandSpec.create()));
        System.out.print(AutoComplete.bash("vectron", all));
        System.out.flush();
        return 0;
    }
}
