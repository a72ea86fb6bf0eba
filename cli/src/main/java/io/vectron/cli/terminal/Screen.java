package io.vectron.cli.terminal;

import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The only writer to standard error: lines, and below them a status that is redrawn in place.
 * Results go to standard output, which may be the same screen. Safe for use by several threads.
 *
 * <p>While the person types, the last line of the screen belongs to the terminal driver, which
 * echoes what is typed. The status then stands one line above, and is redrawn by moving the cursor
 * there and back; what is typed is never touched.
 */
public final class Screen {
    private static final String CLEAR_LINE = "\r\u001b[2K";
    private static final String SAVE_CURSOR = "\u001b7";
    private static final String RESTORE_CURSOR = "\u001b8";
    private static final String LINE_UP = "\u001b[1A";
    private static final String PROMPT = "> ";

    private static final Screen ERR = new Screen(System.err, System.out, Terminal.errIsTerminal());

    private final PrintStream out;
    private final PrintStream results;
    private final boolean terminal;
    private @Nullable String status; // null: none is shown
    private boolean prompting;

    Screen(PrintStream out, PrintStream results, boolean terminal) {
        this.out = out;
        this.results = results;
        this.terminal = terminal;
    }

    /** The screen on standard error. */
    public static Screen err() {
        return ERR;
    }

    /** Whether a status can be redrawn in place. */
    public boolean terminal() {
        return terminal;
    }

    /** Writes a line above the status. */
    public synchronized void line(String text) {
        leave();
        out.print(text + "\n");
        draw();
    }

    /** Writes lines to standard output, above the status if that is on the same screen. */
    public synchronized void results(List<String> lines) {
        leave();
        out.flush();
        lines.forEach(line -> results.print(line + "\n"));
        results.flush();
        draw();
    }

    /** Shows the status, one line; on anything but a terminal, nothing. */
    public synchronized void status(String wanted) {
        if (!terminal) {
            return;
        }
        // A status that wraps could not be cleared by going to the start of the line.
        String text = wanted.substring(0, Math.min(wanted.length(), Terminal.columns() - 1));
        if (prompting && status != null) {
            out.print(SAVE_CURSOR + LINE_UP + CLEAR_LINE + text + RESTORE_CURSOR);
            out.flush();
            status = text;
            return;
        }
        leave();
        status = text;
        draw();
    }

    /** Removes the status. */
    public synchronized void clearStatus() {
        leave();
        status = null;
        draw();
    }

    /** Asks the person for a line; {@link #answered} must be called when it has been read. */
    public synchronized void prompt() {
        leave();
        prompting = true;
        draw();
    }

    /** The person ended the line: the cursor stands on an empty one. */
    public synchronized void answered() {
        prompting = false;
        status = null;
    }

    /** Clears status and prompt; what had been typed so far stays with the terminal driver. */
    private void leave() {
        if (!terminal) {
            return;
        }
        if (prompting) {
            out.print(status == null ? CLEAR_LINE : CLEAR_LINE + LINE_UP + CLEAR_LINE);
        } else if (status != null) {
            out.print(CLEAR_LINE);
        }
    }

    private void draw() {
        if (terminal) {
            if (status != null) {
                out.print(prompting ? status + "\n" : status);
            }
            if (prompting) {
                out.print(PROMPT);
            }
        }
        out.flush();
    }
}
