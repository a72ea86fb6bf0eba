package io.vectron.cli.terminal;

import java.util.Set;

/** Which of the standard streams a person sits at. Only the launcher can tell; without it, none. */
public final class Terminal {
    /** Set by the launcher: those of {@code in,out,err} that are terminals. */
    private static final Set<String> STREAMS =
            Set.of(System.getProperty("vectron.terminal", "").split(",", -1));

    private Terminal() {}

    /** Whether a person types our input and sees our output. */
    public static boolean interactive() {
        return has("in") && has("out") && has("err");
    }

    /** Whether standard output may be coloured. */
    public static boolean outIsColoured() {
        return has("out") && System.getenv("NO_COLOR") == null;
    }

    /** Whether standard error can redraw a line. */
    public static boolean errIsTerminal() {
        return has("err") && !"dumb".equals(System.getenv("TERM"));
    }

    /** Width of the screen in characters, as it was at the start. */
    public static int columns() {
        return Integer.getInteger("vectron.terminal.columns", 80);
    }

    private static boolean has(String stream) {
        return STREAMS.contains(stream);
    }
}
