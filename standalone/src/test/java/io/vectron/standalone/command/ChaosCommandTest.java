package io.vectron.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is refused before anything is started. */
class ChaosCommandTest {
    @TempDir Path folder;

    @Test
    void aWrongCommandLineIsExplained() {
        assertThat(refusal("--faults", "flood")).contains("no fault 'flood'", "kill-leader");
        assertThat(refusal("--workers", "2")).contains("--workers must be 3 to 5");
        assertThat(refusal("--minutes", "0")).contains("--minutes must be 1 or more");
        assertThat(refusal("--shards", "65")).contains("--shards must be 1 to 64");
    }

    @Test
    void aFolderOfSomebodyElseIsLeftAlone() throws Exception {
        Files.writeString(folder.resolve("thesis.txt"), "mine");
        assertThat(command().execute("--data", folder.toString())).isEqualTo(1);
        assertThat(folder).isDirectoryContaining("glob:**thesis.txt");
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    private static String refusal(String... arguments) {
        StringWriter said = new StringWriter();
        CommandLine command = command().setErr(new PrintWriter(said));
        assertThat(command.execute(arguments)).isEqualTo(2);
        return said.toString();
    }

    private static CommandLine command() {
        return new CommandLine(new ChaosCommand());
    }
}
