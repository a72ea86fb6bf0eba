package io.vectron.gateway.trace;

import com.google.protobuf.ByteString;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.log.Budget;
import io.vectron.gateway.log.LogSession;
import io.vectron.gateway.log.LogSession.Limits;
import io.vectron.proto.v1.LoggedRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The records that a partition still has of a key, found by reading backwards from its end: stretch
 * by stretch, each twice as long as the one behind it, until enough are found or enough is read.
 *
 * @param records latest first
 * @param more whether there are more between {@code readFrom} and the end than were kept
 * @param readFrom first offset that was looked at; the end when nothing could be
 */
public record PointHistory(List<LoggedRecord> records, boolean more, long readFrom) {

    private static final long FIRST_STRETCH = 64;
    private static final long LONGEST_STRETCH = 8_192;

    /** Copies the records. */
    public PointHistory {
        records = List.copyOf(records);
    }

    /**
     * Reads.
     *
     * @param key the point's id
     * @param limit records to keep
     * @param read most to read; a stretch that goes beyond is given up
     */
    public static PointHistory of(
            LogSession session, LogPartition partition, ByteString key, int limit, Limits read) {
        LogSession.Span span = session.span(partition);
        Budget budget = new Budget(read);
        List<LoggedRecord> found = new ArrayList<>();
        long to = span.end();
        long stretch = FIRST_STRETCH;
        while (to > span.begin() && found.size() <= limit && !budget.isSpent()) {
            long from = Math.max(span.begin(), to - stretch);
            Deque<LoggedRecord> here = new ArrayDeque<>();
            int room = limit + 1 - found.size();
            long reached =
                    budget.scan(
                            session,
                            partition,
                            from,
                            to,
                            entry -> {
                                if (key.equals(entry.key())) {
                                    here.addFirst(RecordKinds.describe(entry));
                                    if (here.size() > room) {
                                        here.removeLast();
                                    }
                                }
                                return true;
                            });
            if (reached < to) {
                break; // What lies before `to` was not all seen.
            }
            found.addAll(here);
            to = from;
            stretch = Math.min(LONGEST_STRETCH, stretch * 2);
        }
        boolean more = found.size() > limit;
        return new PointHistory(found.subList(0, Math.min(limit, found.size())), more, to);
    }
}
