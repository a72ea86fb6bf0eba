package io.vectron.placement.config;

import io.vectron.common.config.Setting;
import java.time.Duration;

/**
 * How patiently plans are carried out.
 *
 * @param poll pause before looking again for what is only a matter of time
 * @param firstRetry pause after a first failure; each further one doubles it
 * @param longestRetry longest pause between retries
 * @param call longest wait for one answer of Kafka or of a worker
 * @param request longest wait of a request whose caller set no deadline
 * @param actionsAtOnce actions of different collections that may be under way at a time
 */
public record PlanSettings(
        @Setting("Pause before looking again for what is only a matter of time.") Duration poll,
        @Setting("Pause after a first failure; each further one doubles it.") Duration firstRetry,
        @Setting("Longest pause between retries; at least the first.") Duration longestRetry,
        @Setting("Longest wait for one answer of Kafka or of a worker.") Duration call,
        @Setting("Longest wait of a request whose caller set no deadline.") Duration request,
        @Setting(
                        "Actions of different collections that may be under way at a"
                                + " time, up to 1,024.")
                int actionsAtOnce) {
    public PlanSettings {
        positive("poll", poll);
        positive("firstRetry", firstRetry);
        positive("call", call);
        positive("request", request);
        if (longestRetry.compareTo(firstRetry) < 0) {
            throw new IllegalArgumentException(
                    "longest retry " + longestRetry + " is below the first " + firstRetry);
        }
        if (actionsAtOnce < 1 || actionsAtOnce > 1_024) {
            throw new IllegalArgumentException(
                    "actionsAtOnce is not between 1 and 1024: " + actionsAtOnce);
        }
    }

    /** 25 ms; 100 ms to 5 s; 10 s a call; 60 s a request; 64 at once. */
    public static PlanSettings defaults() {
        return new PlanSettings(
                Duration.ofMillis(25),
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                64);
    }

    private static void positive(String name, Duration value) {
        if (value.toMillis() < 1) {
            throw new IllegalArgumentException(name + " is below 1 ms: " + value);
        }
    }
}
