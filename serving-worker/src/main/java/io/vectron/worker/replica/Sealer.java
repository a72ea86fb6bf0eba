package io.vectron.worker.replica;

import io.vectron.index.IndexStats;
import io.vectron.proto.log.v1.Seal;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.GroupId;
import io.vectron.replication.ProposeResult;
import io.vectron.worker.replica.SealPolicy.Slab;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the replicas of a shard cut their rows in memory off, when they are many or when the rows of
 * all shards take too much memory. The leader does so by an entry of the Raft log, so that every
 * replica cuts at the same place.
 *
 * <p>A follower that is short of memory where its leader is not cuts by itself: where an index is
 * cut changes nothing of what it answers. It gives the leader a moment to be first, since a cut in
 * both ways leaves a file of few rows. A thread of its own.
 */
public final class Sealer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sealer.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final long STOP_SECONDS = 10;

    /** How long a follower is short of memory before it cuts by itself. */
    private static final Duration LEADER_FIRST = Duration.ofSeconds(1);

    private final Supplier<List<ShardReplica>> replicas;
    private final BiFunction<GroupId, byte[], CompletableFuture<ProposeResult>> proposer;
    private final long budgetBytes;
    private final InstantSource clock;
    private final Set<UUID> proposed = ConcurrentHashMap.newKeySet(); // neither applied nor lost

    /** Followers that are to be cut, and since when by {@link System#nanoTime}. */
    private final Map<UUID, Long> shortSince = new HashMap<>(); // sealer thread only

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("sealer").factory());

    /**
     * @param replicas all replicas of the worker
     * @param proposer appends an entry to a group's log; its future never fails
     * @param budgetBytes memory that rows of all replicas may take
     * @param clock stamps the entries
     */
    public Sealer(
            Supplier<List<ShardReplica>> replicas,
            BiFunction<GroupId, byte[], CompletableFuture<ProposeResult>> proposer,
            long budgetBytes,
            InstantSource clock) {
        this.replicas = replicas;
        this.proposer = proposer;
        this.budgetBytes = budgetBytes;
        this.clock = clock;
    }

    /** Looks at the replicas from now on. */
    public void start() {
        var _ =
                thread.scheduleWithFixedDelay(
                        this::look, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            List<Slab> slabs = new ArrayList<>();
            Map<UUID, ShardReplica> looked = new HashMap<>();
            Map<UUID, Long> positions = new HashMap<>();
            for (ShardReplica replica : replicas.get()) {
                UUID group = replica.facts().group();
                try (Reading reading = replica.read()) {
                    if (reading != null) {
                        slabs.add(slab(group, replica.leads(), reading.index()));
                        positions.put(group, reading.state().position());
                        looked.put(group, replica);
                    }
                }
            }
            List<UUID> cuts = SealPolicy.cuts(slabs, budgetBytes);
            shortSince.keySet().retainAll(cuts);
            long now = System.nanoTime();
            for (UUID group : cuts) {
                ShardReplica replica = Objects.requireNonNull(looked.get(group), "not looked at");
                if (replica.leads()) {
                    shortSince.remove(group);
                    propose(group, positions.getOrDefault(group, 0L));
                } else if (now - shortSince.computeIfAbsent(group, _ -> now)
                        >= LEADER_FIRST.toNanos()) {
                    shortSince.remove(group);
                    replica.cut();
                }
            }
        } catch (RuntimeException e) {
            LOG.error("cannot look after the rows in memory; trying again", e);
        }
    }

    private Slab slab(UUID group, boolean leads, VectorPointIndex index) {
        // The proposal first: one that is applied meanwhile shows in the numbers read after it.
        boolean underWay = proposed.contains(group);
        IndexStats stats = index.stats();
        return new Slab(
                group, leads, index.wantsCut(), underWay || stats.frozen() > 0, stats.slabBytes());
    }

    /**
     * Entry of a shard's log that cuts at a position.
     *
     * @param position no higher than that of the leader
     */
    static byte[] entry(long position, InstantSource clock) {
        return ShardEntry.newBuilder()
                .setStampedAtMs(clock.millis())
                .setSeal(Seal.newBuilder().setPosition(position))
                .build()
                .toByteArray();
    }

    private void propose(UUID group, long position) {
        proposed.add(group);
        var _ =
                proposer.apply(new GroupId(group), entry(position, clock))
                        .whenComplete((result, failure) -> {
                            proposed.remove(group);
                            LOG.debug("cut of {} at {}: {}", group, position, result, failure);
                        });
    }

    /** Ends the thread; cuts that are proposed may still be applied. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the sealer did not end within {} s", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
