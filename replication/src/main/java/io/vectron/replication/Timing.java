package io.vectron.replication;

import io.vectron.common.config.Setting;
import java.time.Duration;

/**
 * How long members wait for one another.
 *
 * @param electionMin a follower that hears nothing for a random time between this and {@code
 *     electionMax} asks to be elected
 * @param firstElectionMin the same, right after the start
 * @param request longest wait for the answer to a proposal
 */
public record Timing(
        @Setting(
                        "A member that hears nothing of its leader for a random time"
                                + " from this on asks to be elected.")
                Duration electionMin,
        @Setting("The longest such time; above the shortest.") Duration electionMax,
        @Setting("The shortest such time right after the start.") Duration firstElectionMin,
        @Setting("The longest such time right after the start.") Duration firstElectionMax,
        @Setting(
                        "Longest wait for the answer to a proposal; at least the"
                                + " longest time of an election.")
                Duration request) {

    public Timing {
        range("election", electionMin, electionMax);
        range("first election", firstElectionMin, firstElectionMax);
        if (request.compareTo(electionMax) < 0) {
            throw new IllegalArgumentException(
                    "request timeout " + request + " is below the election's " + electionMax);
        }
    }

    /**
     * For shards: 2–2.5 s, 300–800 ms at the start, 15 s for a request. A follower looks only when
     * such a time is over whether it heard nothing for as long, so it misses its leader after 1.5
     * of them in the mean; the first of two does after 1.3. Heartbeats go out at half the shortest.
     */
    public static Timing defaults() {
        return new Timing(
                Duration.ofSeconds(2),
                Duration.ofMillis(2_500),
                Duration.ofMillis(300),
                Duration.ofMillis(800),
                Duration.ofSeconds(15));
    }

    /** For a small group that must find a new leader sooner: 1–2 s. */
    public static Timing quick() {
        return new Timing(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofMillis(300),
                Duration.ofMillis(800),
                Duration.ofSeconds(15));
    }

    private static void range(String what, Duration min, Duration max) {
        if (min.toMillis() < 1) {
            throw new IllegalArgumentException(what + " timeout is below 1 ms: " + min);
        }
        if (max.compareTo(min) <= 0) {
            throw new IllegalArgumentException(
                    what + " timeouts are no range: " + min + " to " + max);
        }
    }
}
