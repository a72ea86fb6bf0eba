package io.vectron.worker.trace;

import io.vectron.proto.worker.v1.BatchJourney;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one replica remembers of the batches that it applied as the leader: those of the last hour,
 * and never more than its share of the worker's memory. A replica that follows remembers nothing,
 * and one that begins to lead begins to remember. Any thread.
 */
public final class TraceRing {

    private final Duration age;

    // Guarded by this, all below.
    private final TreeMap<Long, TracedBatch> byEnd = new TreeMap<>();
    private final TreeMap<Long, BatchJourney> announced = new TreeMap<>();
    private int limit;
    private int held;
    private long sinceMs;

    TraceRing(Duration age, long nowMs) {
        this.age = age;
        this.sinceMs = nowMs;
    }

    /**
     * What the ring knows of an offset.
     *
     * @param batch the batch that passed it; null if it is not remembered
     * @param sinceMs what was applied and is not remembered was applied before, milliseconds since
     *     1970
     */
    public record Answer(@Nullable TracedBatch batch, long sinceMs) {}

    /**
     * A batch is about to be proposed. Followed by {@link #settled} when its end is known. The
     * callers are bounded: one batch a shard and job is on its way.
     *
     * @param to position after the batch
     */
    public synchronized void announced(long to, BatchJourney journey) {
        announced.put(to, journey);
    }

    /** The batch was applied, refused or lost. */
    public synchronized void settled(long to) {
        announced.remove(to);
    }

    /** A batch was applied. */
    public synchronized void applied(long from, long to, AppliedTimes times) {
        TracedBatch batch = TracedBatch.of(from, to, announced.get(to), times);
        TracedBatch former = byEnd.put(to, batch);
        held += batch.weight() - (former == null ? 0 : former.weight());
        trim(times.searchableAtMs());
    }

    /** What is known of the record at an offset. */
    public synchronized Answer find(long offset, long nowMs) {
        trim(nowMs);
        Map.Entry<Long, TracedBatch> next = byEnd.higherEntry(offset);
        TracedBatch batch = next == null ? null : next.getValue();
        boolean passed = batch != null && batch.from() <= offset;
        return new Answer(passed ? batch : null, sinceMs);
    }

    /** The replica begins to lead, or was opened: nothing earlier is known. */
    public synchronized void restart(long nowMs) {
        byEnd.clear();
        held = 0;
        sinceMs = nowMs;
    }

    synchronized void limit(int weight) {
        limit = weight;
        trim(Long.MIN_VALUE);
    }

    synchronized int held() {
        return held;
    }

    private void trim(long nowMs) {
        long oldestMs = nowMs == Long.MIN_VALUE ? Long.MIN_VALUE : nowMs - age.toMillis();
        while (!byEnd.isEmpty()) {
            TracedBatch oldest = byEnd.firstEntry().getValue();
            if (held <= limit && oldest.times().appliedAtMs() >= oldestMs) {
                return;
            }
            byEnd.pollFirstEntry();
            held -= oldest.weight();
            // Everything up to here was applied by then.
            sinceMs = Math.max(sinceMs, oldest.times().searchableAtMs());
        }
    }
}
