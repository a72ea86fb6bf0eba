package io.vectron.cli.command;

import io.vectron.cli.client.CommandException;
import io.vectron.cli.terminal.Screen;
import io.vectron.cli.terminal.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.Locale;

/** Asks before something is lost. */
final class Confirmation {
    private Confirmation() {}

    /**
     * Returns if it may be done.
     *
     * @param yes the person said so already
     * @param deed what will be done, as in {@code delete collection films with 12 points}
     * @throws CommandException if not, or if there is nobody to ask
     */
    static void require(boolean yes, String deed) throws IOException {
        if (yes) {
            return;
        }
        if (!Terminal.interactive()) {
            throw new CommandException("to " + deed + ", add --yes: nobody is here to ask");
        }
        Screen screen = Screen.err();
        screen.line(deed + "? Type yes to go on:");
        screen.prompt();
        String answer =
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()))
                        .readLine();
        screen.answered();
        if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).equals("yes")) {
            throw new CommandException("nothing was done");
        }
    }
}
