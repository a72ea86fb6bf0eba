package io.vectron.standalone.terminal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.vectron.cli.terminal.Screen;
import java.util.Locale;

/**
 * Writes our own warnings, and everybody's errors, to the screen: one short line each, above the
 * progress bar. What lies behind them is in the log file. Made by logback.
 */
public final class ConsoleAppender extends AppenderBase<ILoggingEvent> {
    private static final String OURS = "io.vectron.";

    @Override
    protected void append(ILoggingEvent event) {
        boolean ours = event.getLoggerName().startsWith(OURS);
        if (event.getLevel().isGreaterOrEqual(ours ? Level.WARN : Level.ERROR)) {
            String level = event.getLevel().toString().toLowerCase(Locale.ROOT);
            String name = event.getLoggerName();
            String shortName = name.substring(name.lastIndexOf('.') + 1);
            Screen.err().line(level + ": " + shortName + ": " + event.getFormattedMessage());
        }
    }
}
