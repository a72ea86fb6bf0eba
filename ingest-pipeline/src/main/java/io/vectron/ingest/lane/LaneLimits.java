package io.vectron.ingest.lane;

import io.vectron.common.config.Setting;
import io.vectron.common.config.Unit;
import java.io.Serializable;

/**
 * What a lane may hold and how it paces itself.
 *
 * @param batchRecords most records a batch
 * @param batchBytes most bytes a batch; a single larger record travels alone
 * @param batchLetters most rejected records a batch, which bounds the look-up of what they replace
 * @param lingerMs least time between two batches, unless one is full
 * @param capBytes bytes held at which the source is asked to pause; it resumes at half of them
 * @param overrunBytes bytes accepted beyond the cap, for what was fetched before the pause took
 *     effect; what comes after is dropped and read again later
 * @param checkMs an idle lane asks its shard this often whether it still stands where it stood
 * @param retry waits between attempts
 */
public record LaneLimits(
        @Setting("Most records a batch.") int batchRecords,
        @Setting(
                        value =
                                "Largest batch, up to 1,000,000 bytes; a single larger record"
                                        + " travels alone.",
                        unit = Unit.BYTES,
                        name = "batchSize")
                int batchBytes,
        @Setting(
                        "Most rejected records a batch, which bounds the look-up of"
                                + " what they replace.")
                int batchLetters,
        @Setting(
                        value = "Least time between two batches, unless one is full.",
                        unit = Unit.MILLISECONDS)
                long lingerMs,
        @Setting(
                        value =
                                "Memory held at which the source is asked to pause; it resumes"
                                        + " at half of it.",
                        unit = Unit.BYTES)
                long capBytes,
        @Setting(
                        value =
                                "Memory accepted beyond the cap, for what was fetched before"
                                        + " the pause took effect; what comes after is dropped and"
                                        + " read again later.",
                        unit = Unit.BYTES)
                long overrunBytes,
        @Setting(
                        value =
                                "An idle lane asks its shard this often whether it still"
                                        + " stands where it stood.",
                        unit = Unit.MILLISECONDS)
                long checkMs,
        @Setting("Waits between attempts.") Retry retry)
        implements Serializable {

    /**
     * Waits between attempts.
     *
     * @param minMs first wait after a failure; it doubles with each further one
     * @param maxMs longest wait
     */
    public record Retry(
            @Setting(
                            value = "First wait after a failure; it doubles with each further one.",
                            unit = Unit.MILLISECONDS)
                    long minMs,
            @Setting(value = "Longest wait; at least the first.", unit = Unit.MILLISECONDS)
                    long maxMs)
            implements Serializable {
        public Retry {
            if (minMs < 1 || maxMs < minMs) {
                throw new IllegalArgumentException(
                        "retry must be 1 <= min <= max: " + minMs + ", " + maxMs);
            }
        }

        /** Milliseconds to wait after {@code failures} failures in a row, counted from 1. */
        long delayMs(int failures) {
            int doublings = Math.min(Math.max(0, failures - 1), 30);
            return Math.min(maxMs, minMs << doublings);
        }
    }

    /** The product's defaults: 512 records, 960 KiB, 5 ms, 8 MiB held, 8 MiB of overrun, 5 s. */
    public static LaneLimits defaults() {
        return new LaneLimits(
                512, 960 << 10, 128, 5, 8L << 20, 8L << 20, 5_000, new Retry(10, 500));
    }

    public LaneLimits {
        if (batchRecords < 1) {
            throw new IllegalArgumentException("batchRecords is below 1: " + batchRecords);
        }
        if (batchBytes < 1 || batchBytes > 1_000_000) {
            throw new IllegalArgumentException("batchBytes is not 1 to 1000000: " + batchBytes);
        }
        if (batchLetters < 1) {
            throw new IllegalArgumentException("batchLetters is below 1: " + batchLetters);
        }
        if (lingerMs < 0) {
            throw new IllegalArgumentException("lingerMs is negative: " + lingerMs);
        }
        if (capBytes < 1) {
            throw new IllegalArgumentException("capBytes is below 1: " + capBytes);
        }
        if (overrunBytes < 0) {
            throw new IllegalArgumentException("overrunBytes is negative: " + overrunBytes);
        }
        if (checkMs < 1) {
            throw new IllegalArgumentException("checkMs is below 1: " + checkMs);
        }
    }
}
