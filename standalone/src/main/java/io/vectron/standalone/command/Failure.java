package io.vectron.standalone.command;

import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.run.RefusedException;
import org.slf4j.LoggerFactory;

/** Tells the person why the command ends. */
final class Failure {
    private static final int EXIT = 1;

    private Failure() {}

    /** Shows the message; what lies behind it goes to the log. Returns the exit code. */
    static int report(Screen screen, RefusedException refused) {
        screen.clearStatus();
        screen.line("vectron: " + refused.getMessage());
        if (refused.getCause() != null) {
            LoggerFactory.getLogger(Failure.class).info("start refused", refused);
        }
        return EXIT;
    }
}
