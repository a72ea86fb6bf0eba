package io.vectron.cli.terminal;

/** Emphasis on a terminal, plain text elsewhere. */
public enum Style {
    /** Stands out. */
    BOLD("1"),
    /** Stays back. */
    DIM("2"),
    /** Good news. */
    GREEN("32");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** {@code text} in this style, if standard output is a terminal. */
    public String of(String text) {
        return Terminal.outIsColoured() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
