package io.vectron.bench.cluster.apply;

import io.vectron.index.BuilderPool;
import io.vectron.index.IndexLimits;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.replication.GroupId;
import io.vectron.replication.Peer;
import io.vectron.replication.ReplicatedState;
import io.vectron.replication.ReplicationConfig;
import io.vectron.replication.ReplicationNode;
import io.vectron.worker.replica.Reading;
import io.vectron.worker.replica.Scrubber;
import io.vectron.worker.replica.Sealer;
import io.vectron.worker.replica.ShardReplica;
import io.vectron.worker.replica.VectorPointIndex;
import io.vectron.worker.shard.ShardFacts;
import io.vectron.worker.storage.RocksResources;
import io.vectron.worker.trace.TraceMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One member of the group: a replication node, a replica, and what a worker puts around it. */
final class Member implements AutoCloseable {
    private static final long CACHE_BYTES = 256L << 20; // as a worker's
    private static final long WRITE_BUFFER_BYTES = 128L << 20;
    private static final long HOT_TOTAL_BYTES = 256L << 20;
    private static final Duration NEVER = Duration.ofDays(1);

    private final Peer self;
    private final ReplicationNode node;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>(); // last started first
    private final Shard shard;

    /** The replica, of one kind or the other. */
    private sealed interface Shard {
        record Plain(PlainShard state) implements Shard {}

        record Indexed(ShardReplica state) implements Shard {}
    }

    /**
     * @param folder of this member alone
     * @param indexed whether the replica has an index
     */
    Member(Peer self, Path folder, ShardFacts facts, boolean indexed) {
        this.self = self;
        RocksResources resources = opened(new RocksResources(CACHE_BYTES, WRITE_BUFFER_BYTES));
        shard =
                indexed
                        ? new Shard.Indexed(replica(facts, resources))
                        : new Shard.Plain(new PlainShard(facts, resources));
        ReplicatedState state =
                switch (shard) {
                    case Shard.Plain(PlainShard plain) -> plain;
                    case Shard.Indexed(ShardReplica replica) -> replica;
                };
        node = opened(new ReplicationNode(ReplicationConfig.of(self, folder), id -> state));
        if (shard instanceof Shard.Indexed(ShardReplica replica)) {
            opened(
                            new Sealer(
                                    () -> List.of(replica),
                                    node::propose,
                                    HOT_TOTAL_BYTES,
                                    InstantSource.system()))
                    .start();
        }
    }

    private ShardReplica replica(ShardFacts facts, RocksResources resources) {
        BuilderPool builders = opened(new BuilderPool(1));
        Scrubber scrubber = opened(new Scrubber(NEVER, 1L << 30));
        return new ShardReplica(
                facts,
                resources,
                VectorPointIndex.maker(
                        facts, IndexLimits.DEFAULT, IndexParameters.getDefaultInstance(), builders),
                scrubber,
                1,
                new TraceMemory(TraceMemory.DEFAULT_WEIGHT, TraceMemory.DEFAULT_AGE),
                InstantSource.system());
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    Peer self() {
        return self;
    }

    ReplicationNode node() {
        return node;
    }

    void start(GroupId group, List<Peer> members) throws IOException {
        node.start();
        node.addGroup(group, members);
    }

    /** The replica as the ingest path of a worker asks it for room; null without an index. */
    @Nullable ShardReplica indexed() {
        return shard instanceof Shard.Indexed(ShardReplica replica) ? replica : null;
    }

    /** Whether it leads and takes entries. */
    boolean leads() {
        return switch (shard) {
            case Shard.Plain(PlainShard state) -> state.leads();
            case Shard.Indexed(ShardReplica state) -> state.leads();
        };
    }

    /** Everything below is applied. */
    long position() {
        return switch (shard) {
            case Shard.Plain(PlainShard state) -> state.position();
            case Shard.Indexed(ShardReplica state) -> {
                try (Reading reading = state.read()) {
                    yield reading == null ? -1 : reading.state().position();
                }
            }
        };
    }

    /** Whether no row waits for a place in a graph or a file. */
    boolean settled() {
        return switch (shard) {
            case Shard.Plain plain -> true;
            case Shard.Indexed(ShardReplica state) -> {
                try (Reading reading = state.read()) {
                    yield reading != null
                            && reading.index().stats().tailRows() < IndexLimits.DEFAULT.flatRows()
                            && reading.index().stats().frozen() == 0;
                }
            }
        };
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                failure = new IOException("a member does not close", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
