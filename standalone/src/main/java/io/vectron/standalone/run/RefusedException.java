package io.vectron.standalone.run;

/** The process cannot start as it was told to; the message tells the person why and what to do. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    /** The message is shown as it is. */
    public RefusedException(String message) {
        super(message);
    }

    /** The message is shown as it is; the cause goes to the log. */
    public RefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
