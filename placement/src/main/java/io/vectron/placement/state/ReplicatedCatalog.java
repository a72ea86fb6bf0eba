package io.vectron.placement.state;

import io.vectron.placement.model.Cluster;
import io.vectron.proto.log.v1.PlacementEntry;
import io.vectron.replication.RaftPosition;
import io.vectron.replication.ReplicatedState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * {@link CatalogCore} as replication runs it. The cluster lies in memory; the disk holds
 * checkpoints of it, and Raft's log holds what came after. Readers on any thread take {@link
 * #cluster()}, which never changes, and hear of newer ones by their listeners.
 */
public final class ReplicatedCatalog implements ReplicatedState {
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Cluster cluster = Cluster.EMPTY; // written by replication's threads
    private volatile boolean leads; // written by replication's threads

    /** The cluster as applied on this member. On the leader that is all that was answered. */
    public Cluster cluster() {
        return cluster;
    }

    /** Whether this member leads, as far as it knows. */
    public boolean leads() {
        return leads;
    }

    /**
     * Calls {@code listener} after each change of the cluster or of the leadership, on a thread of
     * replication: it must not block.
     */
    public void listen(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public RaftPosition open(Path live) throws IOException {
        SnapshotFile.Content content = SnapshotFile.read(live);
        cluster = content == null ? Cluster.EMPTY : content.cluster();
        changed();
        return content == null ? RaftPosition.NONE : content.at();
    }

    @Override
    public byte[] apply(RaftPosition at, ByteBuffer entry) throws IOException {
        Transition transition = CatalogCore.apply(cluster, PlacementEntry.parseFrom(entry));
        cluster = transition.next();
        changed();
        return transition.answer().toBytes();
    }

    @Override
    public void advanced(RaftPosition at) {
        // Nothing here depends on the position: a checkpoint is told where it stands.
    }

    @Override
    public void checkpoint(RaftPosition at, Path target) throws IOException {
        Files.createDirectory(target);
        SnapshotFile.write(target, new SnapshotFile.Content(at, cluster));
    }

    @Override
    public void close() {
        // No file is held open, and the cluster stays readable while a newer one is installed.
    }

    @Override
    public void leadership(boolean leader, long term) {
        leads = leader;
        changed();
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }
}
