package io.vectron.bench.cluster.apply;

import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import io.vectron.replication.ReplicatedState;
import io.vectron.worker.shard.PointIndex;
import io.vectron.worker.shard.ShardCore;
import io.vectron.worker.shard.ShardFacts;
import io.vectron.worker.storage.RocksPointStore;
import io.vectron.worker.storage.RocksResources;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A shard's state machine with its rows and without an index. */
final class PlainShard implements ReplicatedState {
    private static final byte[] NO_ANSWER = {};

    private final ShardFacts facts;
    private final RocksResources resources;
    private @Nullable Parts parts; // Ratis' applier, one call at a time
    private volatile long position;
    private volatile boolean leads;

    private record Parts(RocksPointStore store, ShardCore core) {}

    PlainShard(ShardFacts facts, RocksResources resources) {
        this.facts = facts;
        this.resources = resources;
    }

    /** Everything below is applied; any thread. */
    long position() {
        return position;
    }

    /** Whether it leads and takes entries; any thread. */
    boolean leads() {
        return leads;
    }

    @Override
    public void leadership(boolean leader, long term) {
        leads = leader;
    }

    @Override
    public RaftPosition open(Path live) throws IOException {
        RocksPointStore store = RocksPointStore.open(live, resources);
        try {
            ShardCore core = ShardCore.open(facts, store, new NoIndex());
            parts = new Parts(store, core);
            position = core.state().position();
            return core.state().applied();
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    @Override
    public byte[] apply(RaftPosition at, ByteBuffer entry) throws IOException {
        ShardCore core = open().core();
        core.apply(at, ShardEntry.parseFrom(entry));
        position = core.state().position();
        return NO_ANSWER;
    }

    @Override
    public void advanced(RaftPosition at) {
        open().core().advanced(at);
    }

    @Override
    public void checkpoint(RaftPosition at, Path target) throws IOException {
        Parts open = open();
        open.core().advanced(at);
        open.core().persist();
        open.store().checkpoint(target);
    }

    @Override
    public void close() {
        Parts open = parts;
        parts = null;
        if (open != null) {
            open.store().close();
        }
    }

    private Parts open() {
        Parts open = parts;
        if (open == null) {
            throw new IllegalStateException("the shard is not open");
        }
        return open;
    }

    /** Takes every row and keeps none. */
    private static final class NoIndex implements PointIndex {
        @Override
        public long restoreFrom() {
            return 0;
        }

        @Override
        public void restoreDeath(long version, long offset) {}

        @Override
        public void restore(String id, long version, float[] vector) {}

        @Override
        public void upsert(String id, long version, float[] vector, long superseded) {}

        @Override
        public void delete(long superseded, long offset) {}

        @Override
        public void publish(long position) {}

        @Override
        public void cut() {}
    }
}
