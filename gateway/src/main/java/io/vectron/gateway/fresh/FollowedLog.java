package io.vectron.gateway.fresh;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The ends of one topic's partitions as the gateway has seen them. Any thread. */
public final class FollowedLog {

    private final String topic;
    private final List<EndRing> rings;

    // Guarded by this, all below.
    private final BitSet asking;
    private final BitSet failing;
    private final BitSet unseen;
    private @Nullable Moment askedFor;
    private @Nullable Moment activeSince;
    private @Nullable Moment lookedAt;
    private CompletableFuture<Boolean> firstLook = CompletableFuture.completedFuture(false);

    FollowedLog(String topic, int partitions, int samples) {
        this.topic = topic;
        this.asking = new BitSet(partitions);
        this.failing = new BitSet(partitions);
        this.unseen = new BitSet(partitions);
        List<EndRing> made = new ArrayList<>(partitions);
        for (int i = 0; i < partitions; i++) {
            made.add(new EndRing(samples));
        }
        this.rings = List.copyOf(made);
    }

    /** Partitions of the topic. */
    public int partitions() {
        return rings.size();
    }

    /** The end of a partition seen last; -1 when none was. */
    public long end(int partition) {
        return rings.get(partition).last();
    }

    /**
     * Waits for the first look at every partition since the log is followed again, so that even the
     * first answer has a time.
     *
     * @param atMost how long
     * @return whether every partition has been looked at
     */
    public boolean awaitFirstLook(Duration atMost) throws InterruptedException {
        CompletableFuture<Boolean> look;
        synchronized (this) {
            look = firstLook;
        }
        try {
            return look.get(Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException notYet) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a look is never completed with an error", e);
        }
    }

    /**
     * What an answer says about time.
     *
     * @param positions watermark of each shard that answered, by partition
     * @return everything in these partitions at this time is included; null when that is unknown
     *     for one of them, or there is none
     */
    public @Nullable Instant freshAsOf(Map<Integer, Long> positions) {
        Moment oldest = null;
        for (Map.Entry<Integer, Long> shard : positions.entrySet()) {
            Moment covered = rings.get(shard.getKey()).coveredBy(shard.getValue());
            if (covered == null) {
                return null;
            }
            if (oldest == null || covered.before(oldest)) {
                oldest = covered;
            }
        }
        return oldest == null ? null : oldest.wall();
    }

    /**
     * Notes that somebody asks.
     *
     * @return whether the log was not followed until now
     */
    synchronized boolean ask(Moment now, Duration activeFor) {
        boolean idle = !active(now, activeFor);
        askedFor = now;
        if (idle) {
            activeSince = now;
            unseen.set(0, partitions());
            firstLook.complete(false);
            firstLook = new CompletableFuture<>();
        }
        return idle;
    }

    /** Whether somebody asked lately. */
    synchronized boolean active(Moment now, Duration activeFor) {
        return askedFor != null && now.nanos() - askedFor.nanos() <= activeFor.toNanos();
    }

    /** When somebody asked last. */
    synchronized @Nullable Moment askedFor() {
        return askedFor;
    }

    /**
     * Begins a look, unless there was one just now. A partition whose last look is still under way
     * is left out: a leader that does not answer gets one question at a time.
     *
     * @return partitions to ask about
     */
    synchronized List<LogPartition> begin(Moment now, Duration interval) {
        List<LogPartition> due = new ArrayList<>();
        boolean first = activeSince != null && (lookedAt == null || lookedAt.before(activeSince));
        if (!first && lookedAt != null && now.nanos() - lookedAt.nanos() < interval.toNanos() / 2) {
            return due;
        }
        lookedAt = now;
        for (int i = asking.nextClearBit(0); i < partitions(); i = asking.nextClearBit(i + 1)) {
            asking.set(i);
            due.add(new LogPartition(topic, i));
        }
        return due;
    }

    /**
     * Takes in what Kafka said.
     *
     * @param taken read before Kafka was asked
     * @return whether the partition had failed before
     */
    synchronized boolean seen(int partition, Moment taken, long end) {
        rings.get(partition).add(taken, end);
        asking.clear(partition);
        if (activeSince == null || !taken.before(activeSince)) {
            unseen.clear(partition);
            if (unseen.isEmpty()) {
                firstLook.complete(true);
            }
        }
        boolean recovered = failing.get(partition);
        failing.clear(partition);
        return recovered;
    }

    /**
     * Notes that Kafka did not say.
     *
     * @return whether this is the first failure in a row
     */
    synchronized boolean failed(int partition) {
        asking.clear(partition);
        boolean news = !failing.get(partition);
        failing.set(partition);
        return news;
    }
}
