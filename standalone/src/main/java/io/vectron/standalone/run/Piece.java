package io.vectron.standalone.run;

import java.time.Duration;
import java.util.Locale;

/** A part of Vectron, in the order in which they are stopped: from the caller inwards. */
public enum Piece {
    GATEWAY(2),
    JOB(3),
    WORKER(4),
    PLACEMENT(2),
    FLINK(3),
    BROKER(4);

    private final Duration stopLimit;

    Piece(int stopLimitSeconds) {
        this.stopLimit = Duration.ofSeconds(stopLimitSeconds);
    }

    /** Time it may take to stop in order; then the next one is stopped regardless. */
    Duration stopLimit() {
        return stopLimit;
    }

    /** For people. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
