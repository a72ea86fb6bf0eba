package io.vectron.replication;

import io.vectron.common.config.Setting;
import io.vectron.common.config.Unit;
import java.time.Duration;
import java.util.Objects;

/**
 * When a group checkpoints its state and lets go of the log before it. Whichever limit is reached
 * first counts, and none of them when nothing was applied since.
 *
 * @param entries entries applied since the last snapshot; at four times as many in the log one
 *     is taken even if the state is not prepared for it
 * @param bytes bytes of entries applied since the last snapshot; bounds the log on the disk and the
 *     time to replay it
 * @param age time since the last snapshot
 * @param keptLogEntries entries kept before a snapshot, so that a member that was away for a moment
 *     catches up by log instead of by a whole snapshot
 */
public record SnapshotPolicy(
        @Setting("Entries applied since the last snapshot.") long entries,
        @Setting(
                        value =
                                "Size of the entries applied since the last snapshot; bounds"
                                        + " the log on the disk and the time to replay it.",
                        unit = Unit.BYTES,
                        name = "size")
                long bytes,
        @Setting("Time since the last snapshot.") Duration age,
        @Setting(
                        "Entries kept before a snapshot, so that a member that was"
                                + " away for a moment catches up by log.")
                int keptLogEntries) {
    public SnapshotPolicy {
        Objects.requireNonNull(age, "age");
        if (entries < 1) {
            throw new IllegalArgumentException("snapshot after entries < 1: " + entries);
        }
        if (bytes < 1) {
            throw new IllegalArgumentException("snapshot after bytes < 1: " + bytes);
        }
        if (age.isNegative() || age.isZero()) {
            throw new IllegalArgumentException("snapshot after no time: " + age);
        }
        if (keptLogEntries < 0) {
            throw new IllegalArgumentException("kept log entries < 0: " + keptLogEntries);
        }
    }

    /** 100,000 entries, 256 MiB or 30 minutes; 1,000 entries kept. */
    public static SnapshotPolicy defaults() {
        return new SnapshotPolicy(100_000, 256L << 20, Duration.ofMinutes(30), 1_000);
    }
}
