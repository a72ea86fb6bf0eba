package io.vectron.gateway.fake;

import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.fresh.LogEnds;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.log.LogEntry;
import io.vectron.gateway.log.LogReader;
import io.vectron.gateway.log.LogSession;
import io.vectron.gateway.write.AppendOutcome;
import io.vectron.gateway.write.LogAppend;
import io.vectron.gateway.write.LogWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
public final class InMemoryLog implements LogWriter, LogEnds, LogReader {

    /** A record, and whether its transaction was aborted. */
    private record Stored(LogAppend record, Instant at, boolean aborted) {}

    // Guarded by this. A null record is a place that no reader sees, as a transaction's marker is.
    private final Map<LogPartition, List<@Nullable Stored>> partitions = new HashMap<>();
    private final Set<LogPartition> stalled = new HashSet<>();
    private final Set<LogPartition> silent = new HashSet<>();
    private final Map<String, Integer> lost = new HashMap<>();
    private int sessions;
    private boolean away;
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
        return produce(record, Instant.now().truncatedTo(ChronoUnit.MILLIS), false);
    }

    /** Appends one record with a time of its own, in a transaction that is aborted or not. */
    public synchronized long produce(LogAppend record, Instant at, boolean aborted) {
        List<@Nullable Stored> records =
                records(new LogPartition(record.topic(), record.partition()));
        records.add(new Stored(record, at, aborted));
        notifyAll();
        return records.size() - 1L;
    }

    /** Removes a record as compaction does. */
    public synchronized void compact(LogPartition partition, long offset) {
        records(partition).set((int) offset, null);
    }

    /** Lets the next appends to a topic end without acknowledgement, though they are written. */
    public synchronized void loseAcknowledgements(String topic, int count) {
        lost.put(topic, count);
    }

    /** Sessions that are open. */
    public synchronized int sessions() {
        return sessions;
    }

    /** Records of a partition by offset. */
    public synchronized List<@Nullable LogAppend> read(LogPartition partition) {
        List<@Nullable LogAppend> seen = new ArrayList<>();
        for (Stored stored : records(partition)) {
            seen.add(stored == null || stored.aborted() ? null : stored.record());
        }
        return seen;
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
                long offset = produce(record);
                int unsaid = lost.getOrDefault(record.topic(), 0);
                lost.put(record.topic(), Math.max(0, unsaid - 1));
                outcomes.add(
                        unsaid > 0
                                ? new AppendOutcome.Unacknowledged("the answer was lost")
                                : new AppendOutcome.Appended(offset, null));
            }
        }
        return outcomes;
    }

    @Override
    public synchronized Map<LogPartition, CompletableFuture<Long>> ends(Set<LogPartition> asked) {
        endsAsked++;
        Map<LogPartition, CompletableFuture<Long>> ends = new HashMap<>();
        for (LogPartition partition : asked) {
            List<@Nullable Stored> records = partitions.get(partition);
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

    /** Lets nobody reach the log, or lets them again. */
    public synchronized void away(boolean gone) {
        away = gone;
    }

    @Override
    public synchronized CompletableFuture<Integer> reach() {
        return away
                ? CompletableFuture.failedFuture(new IllegalStateException("nobody answers"))
                : CompletableFuture.completedFuture(1);
    }

    private List<@Nullable Stored> records(LogPartition partition) {
        List<@Nullable Stored> records = partitions.get(partition);
        if (records == null) {
            throw new IllegalArgumentException("no such partition: " + partition);
        }
        return records;
    }

    @Override
    public synchronized LogSession open(Visibility visibility, Deadline deadline) {
        sessions++;
        return new Session(visibility);
    }

    private synchronized void closed() {
        sessions--;
    }

    /** One reader. */
    private final class Session implements LogSession {
        private final Visibility visibility;

        Session(Visibility visibility) {
            this.visibility = visibility;
        }

        @Override
        public int partitions(String topic) {
            synchronized (InMemoryLog.this) {
                int count =
                        (int)
                                partitions.keySet().stream()
                                        .filter(one -> one.topic().equals(topic))
                                        .count();
                if (count == 0) {
                    throw unknown(topic);
                }
                return count;
            }
        }

        @Override
        public Span span(LogPartition partition) {
            return new Span(0, stored(partition).size());
        }

        @Override
        public long offsetAt(LogPartition partition, Instant time) {
            List<@Nullable Stored> all = stored(partition);
            for (int i = 0; i < all.size(); i++) {
                Stored one = all.get(i);
                if (one != null && !one.at().isBefore(time)) {
                    return i;
                }
            }
            return all.size();
        }

        @Override
        public long scan(
                LogPartition partition, long from, long to, Limits limits, Visitor visitor) {
            List<@Nullable Stored> all = stored(partition);
            int records = 0;
            long bytes = 0;
            for (long offset = from; offset < Math.min(to, all.size()); offset++) {
                Stored one = all.get((int) offset);
                if (one == null || (one.aborted() && visibility == Visibility.COMMITTED)) {
                    continue;
                }
                LogAppend record = one.record();
                LogEntry entry =
                        new LogEntry(
                                offset, one.at(), record.key(), record.value(), record.headers());
                records++;
                bytes += entry.bytes();
                boolean more = visitor.visit(entry);
                if (!more || records >= limits.records() || bytes >= limits.bytes()) {
                    return offset + 1;
                }
            }
            return Math.max(from, Math.min(to, all.size()));
        }

        private List<@Nullable Stored> stored(LogPartition partition) {
            synchronized (InMemoryLog.this) {
                if (!partitions.containsKey(partition)) {
                    throw unknown(partition.toString());
                }
                return new ArrayList<>(records(partition));
            }
        }

        private VectronException unknown(String what) {
            return new VectronException(ErrorCode.LOG_UNAVAILABLE, "there is no " + what);
        }

        @Override
        public void close() {
            closed();
        }
    }

    @Override
    public void close() {}
}
