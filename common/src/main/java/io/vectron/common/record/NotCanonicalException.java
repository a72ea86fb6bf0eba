package io.vectron.common.record;

/** The bytes are not in canonical form; they may still encode a valid point. */
final class NotCanonicalException extends IllegalArgumentException {
    static final NotCanonicalException INSTANCE = new NotCanonicalException();

    private NotCanonicalException() {
        super("not in canonical form");
    }

    /** It is thrown on the hot path, to be caught a few frames above: no one reads its trace. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
