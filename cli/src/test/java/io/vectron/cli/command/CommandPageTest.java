package io.vectron.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The page of commands tells what the commands tell. Run with {@code
 * -Dvectron.docs.write=true} it writes that part of the page.
 */
class CommandPageTest {
    private static final Path PAGE = Path.of("..", "docs", "cli.md");
    private static final String BEGIN = "<!-- From here on written by CommandPageTest. -->\n";

    @Test
    void tellsEveryCommandAsItsHelpDoes() throws IOException {
        CommandLine program = new CommandLine(CommandSpec.create().name("vectron"));
        Commands.addAllTo(program);
        StringBuilder text = new StringBuilder();
        program.getSubcommands().values().forEach(command -> tell(command, text));
        String page = Files.readString(PAGE);
        String head = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
        if (Boolean.getBoolean("vectron.docs.write")) {
            Files.writeString(PAGE, head + text);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(head + text);
    }

    private static void tell(CommandLine command, StringBuilder text) {
        if (!command.getSubcommands().isEmpty()) {
            command.getSubcommands().values().forEach(sub -> tell(sub, text));
            return;
        }
        command.setUsageHelpWidth(90);
        text.append("\n## ").append(command.getCommandSpec().qualifiedName()).append("\n```\n");
        text.append(command.getUsageMessage(Ansi.OFF).stripTrailing()).append("\n```\n");
    }
}
