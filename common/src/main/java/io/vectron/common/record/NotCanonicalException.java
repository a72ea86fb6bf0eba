package io.vectron.common.record;

/** The bytes are not in canonical form; they may still encode a valid point. */
final class NotCanonicalException extends IllegalArgumentException {
    NotCanonicalException() {
        super("not in canonical form");
    }

    /** No trace: it is thrown on the hot path, to be caught a few frames above. */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
        return this;
    }
}
