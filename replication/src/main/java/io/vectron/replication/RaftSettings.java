package io.vectron.replication;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.server.RaftServerConfigKeys.Snapshot;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** What Ratis is told, and why it differs from its defaults. */
final class RaftSettings {
    /** Snapshots kept: one to send while the next is taken. */
    static final int SNAPSHOTS_KEPT = 2;

    /** Term, index, client and call id around an entry of ours; about 80 bytes in fact. */
    private static final int ENTRY_HEADER_BYTES = 1024;

    private static final int PREALLOCATED_BYTES = 256 << 10;
    private static final int SNAPSHOT_CHUNK_BYTES = 1 << 20;
    private static final int CACHED_SEGMENTS = 2;

    private RaftSettings() {}

    static Path groupsFolder(ReplicationConfig config) {
        return config.folder().resolve("raft");
    }

    static Path removedFolder(ReplicationConfig config) {
        return config.folder().resolve("removed");
    }

    static RaftProperties of(ReplicationConfig config) {
        RaftProperties p = new RaftProperties();
        // Both default to folders below /tmp.
        RaftServerConfigKeys.setStorageDir(p, List.of(groupsFolder(config).toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(p, removedFolder(config).toFile());
        GrpcConfigKeys.Server.setHost(p, config.self().host());
        GrpcConfigKeys.Server.setPort(p, config.self().port());
        // A process that was stopped for minutes, or a laptop that slept, goes on where it was:
        // other members have elected another leader in the meantime, which is all that is needed.
        RaftServerConfigKeys.setCloseThreshold(p, TimeDuration.valueOf(365, TimeUnit.DAYS));
        timing(p, config.timing());
        log(p, config);
        snapshots(p, config.snapshots());
        return p;
    }

    private static void timing(RaftProperties p, Timing timing) {
        // The defaults of 150 to 300 ms lose leaders of idle groups on a busy machine.
        Rpc.setTimeoutMin(p, time(timing.electionMin()));
        Rpc.setTimeoutMax(p, time(timing.electionMax()));
        Rpc.setFirstElectionTimeoutMin(p, time(timing.firstElectionMin()));
        Rpc.setFirstElectionTimeoutMax(p, time(timing.firstElectionMax()));
        // A follower that sleeps longer than it meant to by this much does not trust its clock, and
        // begins to wait anew; by the default of 300 ms it often did so on a busy machine.
        RaftServerConfigKeys.setSleepDeviationThreshold(
                p, TimeDuration.valueOf(1, TimeUnit.SECONDS));
    }

    private static void log(RaftProperties p, ReplicationConfig config) {
        // Each replica owns one such buffer outside the heap; the default is 8 MB.
        int raftEntryBytes = config.entryLimitBytes() + ENTRY_HEADER_BYTES;
        Log.Appender.setBufferByteLimit(p, SizeInBytes.valueOf(raftEntryBytes));
        Log.setWriteBufferSize(p, SizeInBytes.valueOf(raftEntryBytes + ENTRY_HEADER_BYTES));
        Log.Appender.setSnapshotChunkSizeMax(p, SizeInBytes.valueOf(SNAPSHOT_CHUNK_BYTES));
        int segmentBytes = config.segmentBytes();
        Log.setSegmentSizeMax(p, SizeInBytes.valueOf(segmentBytes));
        int preallocated = Math.min(PREALLOCATED_BYTES, segmentBytes);
        Log.setPreallocatedSize(p, SizeInBytes.valueOf(preallocated));
        Log.setSegmentCacheNumMax(p, CACHED_SEGMENTS);
        Log.setSegmentCacheSizeMax(p, SizeInBytes.valueOf((long) CACHED_SEGMENTS * segmentBytes));
        Log.setPurgeUptoSnapshotIndex(p, true);
        Log.setPurgeGap(p, 1);
        Log.setPurgePreservationLogNum(p, config.snapshots().keptLogEntries());
        // An acknowledged entry is on the disk.
        Log.setUnsafeFlushEnabled(p, false);
        Log.setAsyncFlushEnabled(p, false);
        // With it, a follower takes a request that begins like one it still writes for the same,
        // and says it has all of the longer one: a vote for entries that it never gets.
        Log.setAppendEntriesComposeEnabled(p, false);
    }

    private static void snapshots(RaftProperties p, SnapshotPolicy policy) {
        Snapshot.setAutoTriggerEnabled(p, true);
        // Should the node, which prepares snapshots before it asks for them, be too slow. Ratis
        // counts entries of its own, too: about one for each of ours.
        Snapshot.setAutoTriggerThreshold(p, 4 * Math.min(policy.entries(), Long.MAX_VALUE / 4));
        Snapshot.setRetentionFileNum(p, SNAPSHOTS_KEPT);
        Snapshot.setCreationGap(p, 1);
        // A stop in order leaves nothing to replay; a removed group needs no snapshot.
        Snapshot.setTriggerWhenStopEnabled(p, true);
        Snapshot.setTriggerWhenRemoveEnabled(p, false);
    }

    private static TimeDuration time(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
