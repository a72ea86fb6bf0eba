package io.vectron.standalone.chaos;

/** The cluster did not come back from a fault within its time, or could not be brought back. */
final class NotRecoveredException extends Exception {
    private static final long serialVersionUID = 1;

    NotRecoveredException(String message) {
        super(message);
    }

    NotRecoveredException(String message, Throwable cause) {
        super(message, cause);
    }
}
