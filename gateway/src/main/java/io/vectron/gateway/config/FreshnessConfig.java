package io.vectron.gateway.config;

import io.vectron.common.config.Setting;
import java.time.Duration;

/**
 * How closely the gateway follows the ends of the logs.
 *
 * @param interval between two looks at the end of a collection's log
 * @param activeFor how long a collection is followed after it was last asked
 * @param firstWait how long the first answer of a collection that was not followed may wait for the
 *     first look
 * @param samples looks remembered a partition; older ones are thinned out, never cut off
 * @param trackedPartitions partitions remembered in all
 */
public record FreshnessConfig(
        @Setting(
                        "Time between two looks at the end of a collection's log: the"
                                + " resolution of fresh_as_of.")
                Duration interval,
        @Setting("How long a collection is followed after it was last asked.") Duration activeFor,
        @Setting(
                        "How long the first answer of a collection that was not"
                                + " followed may wait for the first look.")
                Duration firstWait,
        @Setting(
                        "Looks remembered a partition, at least 8; older ones are"
                                + " thinned out, never cut off.")
                int samples,
        @Setting("Partitions remembered in all.") int trackedPartitions) {

    /** A resolution of 100 ms. */
    public static final FreshnessConfig DEFAULT =
            new FreshnessConfig(
                    Duration.ofMillis(100),
                    Duration.ofSeconds(10),
                    Duration.ofMillis(300),
                    512,
                    4_096);

    /** Refuses durations and sizes that are not positive. */
    public FreshnessConfig {
        if (!interval.isPositive() || !activeFor.isPositive() || firstWait.isNegative()) {
            throw new IllegalArgumentException(
                    "durations must be positive: "
                            + interval
                            + ", "
                            + activeFor
                            + ", "
                            + firstWait);
        }
        if (samples < 8) {
            throw new IllegalArgumentException("fewer than 8 samples: " + samples);
        }
        if (trackedPartitions <= 0) {
            throw new IllegalArgumentException(
                    "trackedPartitions is not positive: " + trackedPartitions);
        }
    }
}
