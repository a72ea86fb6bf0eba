package io.vectron.gateway.log;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.fresh.LogPartition;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Reads under one deadline. One thread. Every method throws {@link VectronException}
 * LOG_UNAVAILABLE if Kafka does not answer, the partition does not exist, or it was cut meanwhile.
 */
public interface LogSession extends AutoCloseable {

    /**
     * Where a partition begins and ends.
     *
     * @param begin offset of the first record it may still have
     * @param end position after the last record that this session can see
     */
    record Span(long begin, long end) {}

    /**
     * The most that one scan may read; it stops at the first record that goes beyond.
     *
     * @param records records visited
     * @param bytes bytes of keys, values and headers visited
     */
    record Limits(int records, long bytes) {
        /** Refuses limits under which nothing could be read. */
        public Limits {
            if (records < 1 || bytes < 1) {
                throw new IllegalArgumentException(
                        "limits admit nothing: " + records + " records, " + bytes + " bytes");
            }
        }
    }

    /** Looks at a record, and says whether it wants the next one. */
    @FunctionalInterface
    interface Visitor {
        boolean visit(LogEntry entry);
    }

    /** Partitions of a topic. */
    int partitions(String topic);

    /** Where a partition begins and ends now. */
    Span span(LogPartition partition);

    /** First offset whose record has this time or a later one; the partition's end if none. */
    long offsetAt(LogPartition partition, Instant time);

    /**
     * Visits records in the order of their offsets.
     *
     * @param from offset to begin at, not below the partition's begin
     * @param to where to stop, at most the partition's end
     * @return position reached: every record in {@code [from, reached)} was visited. It is {@code
     *     to} unless the visitor, a limit or the deadline ended the scan before.
     */
    long scan(LogPartition partition, long from, long to, Limits limits, Visitor visitor);

    /** The record at an offset; null if there is none. */
    default @Nullable LogEntry at(LogPartition partition, long offset) {
        AtomicReference<@Nullable LogEntry> found = new AtomicReference<>();
        Span span = span(partition);
        if (offset < span.begin() || offset >= span.end()) {
            return null;
        }
        long reached =
                scan(
                        partition,
                        offset,
                        offset + 1,
                        new Limits(1, 1),
                        entry -> {
                            found.set(entry);
                            return false;
                        });
        if (reached <= offset) {
            throw new VectronException(
                    ErrorCode.LOG_UNAVAILABLE, "the log could not be read within the deadline");
        }
        return found.get();
    }

    @Override
    void close();
}
