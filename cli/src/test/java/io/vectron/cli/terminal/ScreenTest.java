package io.vectron.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void linesStandAboveTheStatus() {
        Screen screen = screen(true);
        screen.status("10 %");
        screen.line("hello");
        screen.status("20 %");
        assertThat(shown()).containsExactly("hello", "20 %");
    }

    @Test
    void theStatusIsRedrawnAboveThePromptWithoutTouchingWhatIsTyped() {
        Screen screen = screen(true);
        screen.status("10 %");
        screen.prompt();
        type("a fear of");
        screen.status("20 %");
        type(" spiders");
        assertThat(shown()).containsExactly("20 %", "> a fear of spiders");
    }

    @Test
    void afterAnAnswerStatusAndPromptComeAgainBelowIt() {
        Screen screen = screen(true);
        screen.status("10 %");
        screen.prompt();
        type("fear\n");
        screen.answered();
        screen.results(List.of("phobia"));
        screen.status("30 %");
        screen.prompt();
        assertThat(shown()).containsExactly("10 %", "> fear", "phobia", "30 %", "> ");
    }

    @Test
    void elsewhereThereAreOnlyLines() {
        Screen screen = screen(false);
        screen.status("10 %");
        screen.line("hello");
        screen.prompt();
        screen.clearStatus();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("hello\n");
    }

    private Screen screen(boolean terminal) {
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return new Screen(out, out, terminal);
    }

    /** The terminal driver echoes what a person types to the same screen. */
    private void type(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private String[] shown() {
        return new TinyTerminal().show(bytes.toString(StandardCharsets.UTF_8));
    }
}
