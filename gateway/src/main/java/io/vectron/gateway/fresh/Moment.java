package io.vectron.gateway.fresh;

import java.time.Instant;

/**
 * A moment by the gateway's own clocks.
 *
 * @param nanos monotonic: orders moments, whatever happens to the wall clock
 * @param wall what callers are told
 */
public record Moment(long nanos, Instant wall) {

    /** Whether this moment came before the other. */
    public boolean before(Moment other) {
        return nanos - other.nanos < 0;
    }
}
