package io.vectron.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvFileTest {
    @TempDir private Path folder;

    private EnvFile read(String text) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private EnvFile read(byte[] bytes) throws IOException {
        return EnvFile.read(Files.write(folder.resolve("x.env"), bytes));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "K=v | v",
                "  export K = v  | v",
                "K= | ``",
                "K=a b | a b",
                "K=a # comment | a",
                "K=a#b | a#b",
                "K=# comment | ``",
                "K='a # \\n \"b' # c | a # \\n \"b",
                "K=\"a # b\" | a # b",
                "K=\"a\\\"b\\\\c\\$d\" | a\"b\\c$d",
                "K=a=b | a=b",
                "K=$HOME | $HOME",
                "K=ü | ü",
            })
    void aValueIsReadAsShellsReadIt(String line, String value) throws IOException {
        EnvFile file = read(line);
        assertThat(file.problems()).isEmpty();
        assertThat(file.entries()).extracting(Given::key).containsExactly("K");
        assertThat(file.entries()).extracting(Given::value).containsExactly(value);
    }

    @Test
    void linesAreCountedAndCommentsSkipped() throws IOException {
        EnvFile file = read("\uFEFF# first\r\n\r\nA=1\r\n  # more\nB=\"x\\ty\\nz\"\n");
        assertThat(file.problems()).isEmpty();
        assertThat(file.entries())
                .containsExactly(
                        new Given("A", "1", new Origin.Line(file.path(), 3)),
                        new Given("B", "x\ty\nz", new Origin.Line(file.path(), 5)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "K | not an assignment",
                "K-1=v | not an assignment",
                "1K=v | not an assignment",
                "=v | not an assignment",
                "K='v | the quote ' is not closed",
                "K=\"v | the quote \" is not closed",
                "K=\"v\\ | the quote \" is not closed",
                "K='v'w | something follows the closing quote",
                "K=\"\\q\" | unknown escape \\q",
            })
    void whatIsNoAssignmentIsNamedWithItsLine(String line, String reason) throws IOException {
        EnvFile file = read("A=1\n" + line + "\nB=2\n");
        assertThat(file.entries()).extracting(Given::key).containsExactly("A", "B");
        assertThat(file.problems()).hasSize(1);
        assertThat(file.problems().getFirst().reason()).contains(reason);
        assertThat(file.problems().getFirst().source()).isEqualTo(file.path() + ":2");
    }

    @Test
    void aKeyIsGivenOnce() throws IOException {
        EnvFile file = read("A=1\nB=2\nA=3\n");
        assertThat(file.problems()).hasSize(1);
        assertThat(file.problems().getFirst().reason()).isEqualTo("given before, in line 1");
    }

    @Test
    void aProblemDoesNotQuoteALineThatMayHoldASecret() throws IOException {
        EnvFile file = read("PASSWORD='hush\nhush\n");
        assertThat(file.problems()).hasSize(2);
        assertThat(file.problems().toString()).doesNotContain("hush");
    }

    @Test
    void fileLineAndKeysAreLimited() throws IOException {
        assertThat(read(("#" + "x".repeat(1_023) + "\n").repeat(1_023)).problems()).isEmpty();
        assertThat(read("#\n".repeat(EnvFile.FILE_BYTES / 2) + "#").problems())
                .extracting(Problem::reason)
                .containsExactly("larger than 1048576 bytes");
        assertThat(read("A=" + "x".repeat(EnvFile.LINE_LENGTH - 2)).problems()).isEmpty();
        assertThat(read("A=" + "x".repeat(EnvFile.LINE_LENGTH - 1)).problems())
                .extracting(Problem::reason)
                .containsExactly("line longer than 32768 characters");
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < EnvFile.KEYS; i++) {
            keys.append("K").append(i).append("=1\n");
        }
        assertThat(read(keys.toString()).problems()).isEmpty();
        assertThat(read(keys + "MORE=1\n").problems())
                .extracting(Problem::reason)
                .containsExactly("more than 1000 keys; the rest was not read");
    }

    @Test
    void whatIsNoTextIsRefused() throws IOException {
        assertThat(read(new byte[] {'A', '=', (byte) 0xff}).problems())
                .extracting(Problem::reason)
                .containsExactly("not UTF-8 text");
        assertThat(EnvFile.read(folder).problems()).hasSize(1);
    }
}
