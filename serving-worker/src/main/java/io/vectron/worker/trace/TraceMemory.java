package io.vectron.worker.trace;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The memory of all shards of a worker for {@link TracedBatch}es, dealt out evenly: however many
 * shards there are, together they never remember more than the limit. Any thread.
 */
public final class TraceMemory {

    /** A weight of 1 is some 120 bytes: at most 16 MB in all. */
    public static final int DEFAULT_WEIGHT = 128 * 1024;

    /** How long a batch is remembered at most. */
    public static final Duration DEFAULT_AGE = Duration.ofHours(1);

    private final int weight;
    private final Duration age;
    private final Set<TraceRing> rings = new HashSet<>(); // guarded by this

    /**
     * @param weight batches and rejected records remembered over all shards
     * @param age how long
     */
    public TraceMemory(int weight, Duration age) {
        if (weight < 1 || !age.isPositive()) {
            throw new IllegalArgumentException("nothing is remembered: " + weight + ", " + age);
        }
        this.weight = weight;
        this.age = age;
    }

    /** Memory of one more shard; all others get less. */
    public synchronized TraceRing open(long nowMs) {
        TraceRing ring = new TraceRing(age, nowMs);
        rings.add(ring);
        deal();
        return ring;
    }

    /** The shard is gone. */
    public synchronized void close(TraceRing ring) {
        rings.remove(ring);
        deal();
    }

    /** Batches and rejected records remembered now. */
    public synchronized int held() {
        return rings.stream().mapToInt(TraceRing::held).sum();
    }

    private void deal() {
        // With more shards than weight the last ones remember nothing.
        int share = weight / Math.max(1, rings.size());
        rings.forEach(ring -> ring.limit(share));
    }
}
