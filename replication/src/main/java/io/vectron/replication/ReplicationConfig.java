package io.vectron.replication;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link ReplicationNode}; {@link #of} has the defaults.
 *
 * @param self this server; it listens on {@code host} and {@code port}
 * @param folder everything of this server lies below; no two servers share one
 * @param entryLimitBytes largest entry; {@link #ENTRY_LIMIT_BYTES} unless a test says otherwise.
 *     Each replica owns a buffer of this size outside the heap
 * @param inFlightLimit proposals of one group that may wait for an answer; more are refused
 * @param segmentBytes size of a file of the log; the log is let go of by whole files
 * @param tls how members prove that they are; null if nobody has to
 */
public record ReplicationConfig(
        Peer self,
        Path folder,
        Timing timing,
        SnapshotPolicy snapshots,
        int entryLimitBytes,
        int inFlightLimit,
        int segmentBytes,
        @Nullable Tls tls) {
    /** 1 MiB. */
    public static final int ENTRY_LIMIT_BYTES = 1 << 20;

    /** Eight in flight are as fast as any number; this leaves room for several callers. */
    public static final int IN_FLIGHT_LIMIT = 64;

    /** 16 MiB. */
    public static final int SEGMENT_BYTES = 16 << 20;

    public ReplicationConfig {
        Objects.requireNonNull(self, "self");
        Objects.requireNonNull(timing, "timing");
        Objects.requireNonNull(snapshots, "snapshots");
        folder = folder.toAbsolutePath().normalize();
        if (entryLimitBytes < 1024 || entryLimitBytes > 16 << 20) {
            throw new IllegalArgumentException(
                    "entry limit is not between 1 KiB and 16 MiB: " + entryLimitBytes);
        }
        if (inFlightLimit < 1 || inFlightLimit > 4096) {
            throw new IllegalArgumentException(
                    "limit in flight is not between 1 and 4096: " + inFlightLimit);
        }
        if (segmentBytes < entryLimitBytes || segmentBytes > 256 << 20) {
            throw new IllegalArgumentException(
                    "segment is not between the entry limit and 256 MiB: " + segmentBytes);
        }
    }

    /** All defaults. */
    public static ReplicationConfig of(Peer self, Path folder) {
        return new ReplicationConfig(
                self,
                folder,
                Timing.defaults(),
                SnapshotPolicy.defaults(),
                ENTRY_LIMIT_BYTES,
                IN_FLIGHT_LIMIT,
                SEGMENT_BYTES,
                null);
    }

    public ReplicationConfig withTiming(Timing changed) {
        return new ReplicationConfig(
                self,
                folder,
                changed,
                snapshots,
                entryLimitBytes,
                inFlightLimit,
                segmentBytes,
                tls);
    }

    public ReplicationConfig withSnapshots(SnapshotPolicy changed) {
        return new ReplicationConfig(
                self, folder, timing, changed, entryLimitBytes, inFlightLimit, segmentBytes, tls);
    }

    public ReplicationConfig withEntryLimitBytes(int changed) {
        return new ReplicationConfig(
                self, folder, timing, snapshots, changed, inFlightLimit, segmentBytes, tls);
    }

    public ReplicationConfig withInFlightLimit(int changed) {
        return new ReplicationConfig(
                self, folder, timing, snapshots, entryLimitBytes, changed, segmentBytes, tls);
    }

    public ReplicationConfig withSegmentBytes(int changed) {
        return new ReplicationConfig(
                self, folder, timing, snapshots, entryLimitBytes, inFlightLimit, changed, tls);
    }

    public ReplicationConfig withTls(@Nullable Tls changed) {
        return new ReplicationConfig(
                self,
                folder,
                timing,
                snapshots,
                entryLimitBytes,
                inFlightLimit,
                segmentBytes,
                changed);
    }
}
