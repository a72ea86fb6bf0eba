package io.vectron.gateway.config;

import io.vectron.common.config.Setting;
import io.vectron.common.config.Unit;
import io.vectron.common.limit.Limits;

/**
 * What requests about dead letters and traces may read of the log, and what is remembered for them.
 * How many letters or records an answer holds is part of the contract and no setting.
 *
 * @param readers requests that read the log at a time; further ones are refused with
 *     RESOURCE_EXHAUSTED (OVERLOADED)
 * @param records records that one request reads: for a page of letters, and once more of
 *     settlements; for the history of a point; for the letter of a write. What is further on comes
 *     with the next page, or is told as not looked at
 * @param readBytes the same in bytes; at least one page of letters
 * @param settledLetters settled letters remembered of each partition of a dead-letter topic
 */
public record LookupLimits(
        @Setting(
                        "Requests that read the log at a time, each holding some megabytes;"
                                + " further ones are refused with RESOURCE_EXHAUSTED.")
                int readers,
        @Setting(
                        "Records that one request reads at most; at least 100. The next page goes"
                                + " on, and a trace tells what it did not look at.")
                int records,
        @Setting(
                        value =
                                "Bytes of the log that one request reads at most; at least 8MiB,"
                                        + " one page of dead letters.",
                        unit = Unit.BYTES)
                int readBytes,
        @Setting(
                        "Settled letters remembered of each of the 8 partitions asked about last,"
                                + " some 150 bytes each; more are read again.")
                int settledLetters) {

    /** Letters and traces take at most some 60 MB of memory beside what readers hold. */
    public static final LookupLimits DEFAULT = new LookupLimits(8, 50_000, 32 << 20, 50_000);

    /** Fewer would be read in more round trips than they are worth. */
    private static final int LEAST_RECORDS = 100;

    /** Refuses limits under which requests would not get on. */
    public LookupLimits {
        if (readers < 1) {
            throw new IllegalArgumentException("readers is not positive: " + readers);
        }
        if (records < LEAST_RECORDS) {
            throw new IllegalArgumentException(
                    "records is below " + LEAST_RECORDS + ": " + records);
        }
        if (readBytes < Limits.REQUEST_BYTES) {
            throw new IllegalArgumentException("readBytes does not admit a page: " + readBytes);
        }
        if (settledLetters < 1) {
            throw new IllegalArgumentException("settledLetters is not positive: " + settledLetters);
        }
    }
}
