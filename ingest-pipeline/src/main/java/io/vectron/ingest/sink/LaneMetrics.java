package io.vectron.ingest.sink;

import io.vectron.ingest.feed.ShardFeed;
import io.vectron.ingest.lane.Effect;
import io.vectron.ingest.lane.Lane;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;

/**
 * What Flink shows of a lane, under {@code vectron.collection.<name>.shard.<n>.generation.<g>}.
 * Written by the task's thread, read by Flink's reporters.
 */
final class LaneMetrics implements AutoCloseable {
    /** Nothing was read yet that would tell. */
    private static final long UNKNOWN = -1;

    private final MetricGroup group;
    private final Counter accepted;
    private final Counter rejected;
    private final Map<String, Counter> rejectedByRule = new HashMap<>();
    private final Counter batches;
    private final Counter bytes;
    private final Counter retries;
    private volatile long appliedPosition;
    private volatile long lagRecords = UNKNOWN;
    private volatile long oldestMs = UNKNOWN;
    private volatile long heldBytes;
    private volatile int inFlight;
    private volatile int paused;
    private volatile int stopped;

    LaneMetrics(MetricGroup task, ShardFeed feed) {
        group =
                task.addGroup("collection", feed.facts().getName())
                        .addGroup("shard", Integer.toString(feed.partition()))
                        .addGroup("generation", Integer.toString(feed.generation()));
        accepted = group.counter("accepted");
        rejected = group.counter("rejected");
        batches = group.counter("batches");
        bytes = group.counter("bytes");
        retries = group.counter("batchRetries");
        group.gauge("appliedPosition", () -> appliedPosition);
        group.gauge("lagRecords", () -> lagRecords);
        group.gauge("lagMs", this::lagMs);
        group.gauge("heldBytes", () -> heldBytes);
        group.gauge("inFlight", () -> inFlight);
        group.gauge("paused", () -> paused);
        group.gauge("stopped", () -> stopped);
    }

    void acknowledged(Effect.Acknowledged batch) {
        batches.inc();
        bytes.inc(batch.bytes());
        accepted.inc(batch.accepted());
        batch.rejected()
                .forEach((rule, count) -> {
                    rejected.inc(count);
                    // Rules are an enumeration: their number is bounded.
                    rejectedByRule
                            .computeIfAbsent(
                                    rule, name -> group.addGroup("rule", name).counter("rejected"))
                            .inc(count);
                });
    }

    void retrying() {
        retries.inc();
    }

    /** Takes over how the lane stands; after each event. */
    void update(Lane lane) {
        appliedPosition = lane.appliedPosition();
        long logEnd = lane.logEnd();
        lagRecords = logEnd < 0 ? UNKNOWN : Math.max(0, logEnd - lane.appliedPosition());
        if (lane.oldestHeldMs() >= 0) {
            oldestMs = lane.oldestHeldMs();
        } // Else the one before: what is not read yet is younger.
        heldBytes = lane.heldBytes();
        inFlight = lane.isInFlight() ? 1 : 0;
        paused = lane.isPaused() ? 1 : 0;
    }

    /** Age of the oldest record that is not applied, by Kafka's timestamp; 0 when caught up. */
    private long lagMs() {
        if (lagRecords <= 0) {
            return lagRecords;
        }
        return oldestMs < 0 ? UNKNOWN : Math.max(0, System.currentTimeMillis() - oldestMs);
    }

    void stopped() {
        stopped = 1;
    }

    /** Takes the metrics out of Flink, which would refuse the same names a second time. */
    @Override
    public void close() {
        if (group instanceof AbstractMetricGroup<?> closeable) {
            closeable.close();
        }
    }
}
