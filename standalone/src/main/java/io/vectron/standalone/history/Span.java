package io.vectron.standalone.history;

/**
 * From when to when an operation took, by one monotonic clock for all clients.
 *
 * @param begunNanos before anything was sent
 * @param endedNanos after the answer was there
 */
public record Span(long begunNanos, long endedNanos) {
    /** Refuses an end before the beginning. */
    public Span {
        if (endedNanos < begunNanos) {
            throw new IllegalArgumentException("ended before it began: " + endedNanos);
        }
    }

    /** Whether this was over before the other one began. */
    public boolean isBefore(Span other) {
        return endedNanos < other.begunNanos;
    }
}
