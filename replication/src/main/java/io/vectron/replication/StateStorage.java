package io.vectron.replication;

import java.io.File;
import java.io.IOException;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.jspecify.annotations.Nullable;

/** Shows a replica's {@link Snapshots} to Ratis; empty until they are known. */
final class StateStorage implements StateMachineStorage {
    private volatile @Nullable Snapshots files;

    void use(Snapshots snapshots) {
        files = snapshots;
    }

    @Nullable Snapshots files() {
        return files;
    }

    @Override
    public void init(RaftStorage raftStorage) {}

    @Override
    public void format() {}

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        Snapshots known = files;
        return known == null ? null : known.info();
    }

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
        Snapshots known = files;
        if (known != null) {
            known.retain(policy.getNumSnapshotsRetained());
        }
    }

    @Override
    public @Nullable File getSnapshotDir() {
        Snapshots known = files;
        return known == null ? null : known.finished().toFile();
    }

    @Override
    public @Nullable File getTmpDir() {
        Snapshots known = files;
        return known == null ? null : known.temporary().toFile();
    }
}
