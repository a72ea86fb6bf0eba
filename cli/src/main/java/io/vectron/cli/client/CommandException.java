package io.vectron.cli.client;

/** A command cannot do what it was asked for; the message tells a person why, and what to do. */
public final class CommandException extends RuntimeException {
    /** A failure without a cause worth knowing. */
    public CommandException(String message) {
        super(message);
    }

    /** A failure with its cause, which is not shown. */
    public CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
