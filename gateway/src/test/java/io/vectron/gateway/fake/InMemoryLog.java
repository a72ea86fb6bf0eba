package io.vectron.gateway.fake;

import io.grpc.Deadline;
import io.vectron.gateway.fresh.LogEnds;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.write.AppendOutcome;
import io.vectron.gateway.write.LogAppend;
import io.vectron.gateway.write.LogWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A log in memory: passes the contract test that the adapter to a real broker passes. */
public final class InMemoryLog implements LogWriter, LogEnds {

    // Guarded by this. A null record is a place that no reader sees, as a transaction's marker is.
    private final Map<LogPartition, List<@Nullable LogAppend>> partitions = new HashMap<>();
    private final Set<LogPartition> stalled = new HashSet<>();
    private final Set<LogPartition> silent = new HashSet<>();
    private int endsAsked;
    private int waiting;

    /** Creates a topic. */
    public synchronized void createTopic(String topic, int count) {
        for (int i = 0; i < count; i++) {
            partitions.put(new LogPartition(topic, i), new ArrayList<>());
        }
    }

    /** Lets every append to the partition wait until its deadline. */
    public synchronized void stall(LogPartition partition) {
        stalled.add(partition);
    }

    /** Lets the partition go on. */
    public synchronized void resume(LogPartition partition) {
        stalled.remove(partition);
        notifyAll();
    }

    /** Lets questions for the partition's end stay without answer. */
    public synchronized void silence(LogPartition partition) {
        silent.add(partition);
    }

    /** Makes offsets that no record has. */
    public synchronized void skip(LogPartition partition, int offsets) {
        for (int i = 0; i < offsets; i++) {
            records(partition).add(null);
        }
    }

    /** Appends one record as a plain producer does; its offset. */
    public synchronized long produce(LogAppend record) {
        List<@Nullable LogAppend> records =
                records(new LogPartition(record.topic(), record.partition()));
        records.add(record);
        notifyAll();
        return records.size() - 1L;
    }

    /** Records of a partition by offset. */
    public synchronized List<@Nullable LogAppend> read(LogPartition partition) {
        return new ArrayList<>(records(partition));
    }

    /** Records of all partitions. */
    public synchronized int size() {
        return partitions.values().stream().mapToInt(List::size).sum();
    }

    /** Appends that wait in a stalled partition. */
    public synchronized int waiting() {
        return waiting;
    }

    /** How often {@link #ends} was called. */
    public synchronized int endsAsked() {
        return endsAsked;
    }

    @Override
    public synchronized List<AppendOutcome> append(List<LogAppend> records, Deadline deadline)
            throws InterruptedException {
        List<AppendOutcome> outcomes = new ArrayList<>();
        for (LogAppend record : records) {
            LogPartition partition = new LogPartition(record.topic(), record.partition());
            waiting++;
            while (stalled.contains(partition) && !deadline.isExpired()) {
                wait(Math.max(1, deadline.timeRemaining(TimeUnit.MILLISECONDS)));
            }
            waiting--;
            if (deadline.isExpired() || !partitions.containsKey(partition)) {
                outcomes.add(new AppendOutcome.NotSent("no such partition, or too late"));
            } else {
                outcomes.add(new AppendOutcome.Appended(produce(record), null));
            }
        }
        return outcomes;
    }

    @Override
    public synchronized Map<LogPartition, CompletableFuture<Long>> ends(Set<LogPartition> asked) {
        endsAsked++;
        Map<LogPartition, CompletableFuture<Long>> ends = new HashMap<>();
        for (LogPartition partition : asked) {
            List<@Nullable LogAppend> records = partitions.get(partition);
            if (records == null) {
                ends.put(
                        partition,
                        CompletableFuture.failedFuture(
                                new IllegalStateException("no such partition: " + partition)));
            } else if (silent.contains(partition)) {
                ends.put(partition, new CompletableFuture<>());
            } else {
                ends.put(partition, CompletableFuture.completedFuture((long) records.size()));
            }
        }
        return ends;
    }

    private List<@Nullable LogAppend> records(LogPartition partition) {
        List<@Nullable LogAppend> records = partitions.get(partition);
        if (records == null) {
            throw new IllegalArgumentException("no such partition: " + partition);
        }
        return records;
    }

    @Override
    public void close() {}
}
