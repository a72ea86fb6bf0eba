package io.vectron.common.record;

/** The bytes are not in canonical form; they may still encode a valid point. */
final class NotCanonicalException extends RuntimeException {
    /** No trace: it is thrown on the hot path, to be caught a few frames above. */
    NotCanonicalException() {
        super("not in canonical form", null, false, false);
    }
}
