package io.vectron.standalone.chaos;

import java.time.Duration;

/**
 * A fault of a schedule. Whom it meets depends on who leads by then.
 *
 * @param quiet how long all is left in peace before it
 * @param draw chooses among those it can meet; not negative
 * @param away how long a killed process stays away
 */
public record Fault(FaultKind kind, Duration quiet, int draw, Duration away) {
    /** Refuses times and draws below zero. */
    public Fault {
        if (quiet.isNegative() || away.isNegative() || draw < 0) {
            throw new IllegalArgumentException(kind + ": " + quiet + ", " + away + ", " + draw);
        }
    }
}
