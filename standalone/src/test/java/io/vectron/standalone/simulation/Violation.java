package io.vectron.standalone.simulation;

/** A broken promise. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Invariant invariant;

    /** A broken promise and what was seen. */
    Violation(Invariant invariant, String seen) {
        super(invariant + " (" + invariant.promise() + "): " + seen);
        this.invariant = invariant;
    }

    /** The same, with the run that led to it. */
    Violation(Violation found, long seed, String story) {
        super(
                """
                seed %d broke %s
                %s
                to run it again: ./mvnw -pl standalone test -Dtest=ShardSimulationTest \
                -Dvectron.seed=%d\
                """
                        .formatted(seed, found.getMessage(), story, seed),
                found);
        this.invariant = found.invariant;
    }

    /** The promise. */
    Invariant invariant() {
        return invariant;
    }
}
