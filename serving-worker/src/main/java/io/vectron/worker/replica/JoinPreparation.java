package io.vectron.worker.replica;

import io.vectron.index.IndexStats;
import io.vectron.replication.GroupId;
import io.vectron.replication.PeerId;
import io.vectron.replication.ProposeResult;
import io.vectron.replication.ReplicationNode;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Readies a leader for a member that is to join: puts the rows that it has in memory into a file,
 * and takes a snapshot. The new member gets the leader's latest snapshot and the log after it; from
 * a snapshot taken long ago it would build graphs once more of rows that others have in files.
 *
 * <p>Whatever prevents it – a full disk, a seal that takes long – delays a join by a limited time
 * only: to have another copy counts more than to have it cheaply. Any thread may call.
 */
public final class JoinPreparation {
    /** Rows in memory that are worth a file; of fewer a new member has a graph within seconds. */
    static final int ROWS_OF_A_FILE = 4_096;

    private static final Logger LOG = LoggerFactory.getLogger(JoinPreparation.class);
    private static final Duration LONGEST_SEAL = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** After that long what was prepared is old, and is prepared anew. */
    private static final Duration FRESH = Duration.ofMinutes(5);

    private final ReplicationNode node;
    private final BooleanSupplier writable;
    private final InstantSource clock;
    private final Map<UUID, Prepared> prepared = new ConcurrentHashMap<>(); // by group

    /**
     * @param ready done when nothing is left to do, be it for a failure
     */
    private record Prepared(PeerId joins, long begunNanos, CompletableFuture<Void> ready) {
        boolean isOld() {
            return ready.isDone() && System.nanoTime() - begunNanos > FRESH.toNanos();
        }
    }

    /**
     * @param writable whether there is room for files
     * @param clock stamps the entries
     */
    public JoinPreparation(ReplicationNode node, BooleanSupplier writable, InstantSource clock) {
        this.node = node;
        this.writable = writable;
        this.clock = clock;
    }

    /**
     * Whether the member may join now. The first call begins to prepare it.
     *
     * @param leader replica that leads here
     */
    public boolean isReady(ShardReplica leader, PeerId joins) {
        prepared.values().removeIf(Prepared::isOld);
        return prepared.compute(
                        leader.facts().group(),
                        (_, known) ->
                                known != null && known.joins().equals(joins)
                                        ? known
                                        : begin(leader, joins))
                .ready()
                .isDone();
    }

    private Prepared begin(ShardReplica leader, PeerId joins) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Thread.ofVirtual().name("join preparation").start(() -> prepare(leader, joins, ready));
        return new Prepared(joins, System.nanoTime(), ready);
    }

    private void prepare(ShardReplica leader, PeerId joins, CompletableFuture<Void> ready) {
        String label = leader.facts().label();
        try {
            GroupId group = new GroupId(leader.facts().group());
            if (writable.getAsBoolean()) {
                cut(leader, group);
                awaitSealed(leader);
            }
            LOG.info("{}: snapshot at {} for {}, which joins", label, node.snapshot(group), joins);
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: {} joins without a new snapshot", label, joins, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ready.complete(null);
        }
    }

    private void cut(ShardReplica leader, GroupId group) {
        byte[] entry;
        try (Reading reading = leader.read()) {
            if (reading == null || inMemory(reading.index().stats()) < ROWS_OF_A_FILE) {
                return;
            }
            entry = Sealer.entry(reading.state().position(), clock);
        }
        ProposeResult cut = node.propose(group, entry).join();
        LOG.debug("{}: cut for whoever joins: {}", leader.facts().label(), cut);
    }

    /** Those being sealed count: they are in no file yet. */
    private static long inMemory(IndexStats stats) {
        return stats.rows() - stats.sealed().rows();
    }

    /** Or for as long as it is worth it. */
    private static void awaitSealed(ShardReplica leader) throws InterruptedException {
        long end = System.nanoTime() + LONGEST_SEAL.toNanos();
        while (frozen(leader) > 0) {
            if (System.nanoTime() > end) {
                LOG.warn(
                        "{}: not sealed within {}: a member joins without these rows in files",
                        leader.facts().label(),
                        LONGEST_SEAL);
                return;
            }
            Thread.sleep(PAUSE);
        }
    }

    private static int frozen(ShardReplica leader) {
        try (@Nullable Reading reading = leader.read()) {
            return reading == null ? 0 : reading.index().stats().frozen();
        }
    }
}
