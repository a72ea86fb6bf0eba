package io.vectron.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void whatATerminalWouldObeyIsShown() {
        assertThat(Printable.of("a\u001b[31mb\r\n\u009b2J\u007f"))
                .isEqualTo("a\\u001b[31mb\\u000d\\u000a\\u009b2J\\u007f");
        assertThat(Printable.of("x\u202etxt.exe\u2066\u200f"))
                .isEqualTo("x\\u202etxt.exe\\u2066\\u200f");
        assertThat(Printable.of("half \ud800 of a pair")).isEqualTo("half \\ud800 of a pair");
    }

    @Test
    void allOtherTextStaysAsItIs() {
        String text = "Amélie 天使爱美丽 👍 «»";
        assertThat(Printable.of(text)).isSameAs(text);
    }

    @Test
    void jsonStaysTheSameJson() {
        assertThat(Printable.json("{\"a\":\"\u009b\u202e\"}"))
                .isEqualTo("{\"a\":\"\\u009b\\u202e\"}");
    }
}
