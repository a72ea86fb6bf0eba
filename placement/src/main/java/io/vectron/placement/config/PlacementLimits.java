package io.vectron.placement.config;

import io.vectron.common.config.Setting;

/**
 * How much placement takes on. A view is one gRPC message of at most 16 MiB; with these defaults
 * the largest is some 11 MiB.
 *
 * @param collections collections in any state
 * @param shards shards of all collections together
 * @param workers registered workers
 * @param replicasPerWorker replicas that one worker may hold
 * @param deadLetterTopics dead-letter topics of deleted collections; beyond it the oldest are
 *     deleted before their time
 * @param watchers streams of views at a time
 * @param waiters requests that wait for a plan at a time
 */
public record PlacementLimits(
        @Setting("Collections in any state, up to 10,000.") int collections,
        @Setting("Shards of all collections together, up to 100,000.") int shards,
        @Setting("Registered workers, up to 1,000.") int workers,
        @Setting("Replicas that one worker may hold, up to 4,096.") int replicasPerWorker,
        @Setting(
                        "Dead-letter topics of deleted collections, up to 10,000;"
                                + " beyond it the oldest are deleted before their time.")
                int deadLetterTopics,
        @Setting("Streams of views at a time, up to 10,000.") int watchers,
        @Setting("Requests that wait for a plan at a time, up to 10,000.") int waiters) {
    public PlacementLimits {
        range("collections", collections, 10_000);
        range("shards", shards, 100_000);
        range("workers", workers, 1_000);
        range("replicasPerWorker", replicasPerWorker, 4_096);
        range("deadLetterTopics", deadLetterTopics, 10_000);
        range("watchers", watchers, 10_000);
        range("waiters", waiters, 10_000);
    }

    /** The defaults. */
    public static PlacementLimits defaults() {
        return new PlacementLimits(10_000, 100_000, 1_000, 256, 10_000, 1_000, 256);
    }

    private static void range(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(
                    name + " is not between 1 and " + most + ": " + value);
        }
    }
}
