package io.vectron.gateway.log;

import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.log.LogSession.Limits;
import io.vectron.gateway.log.LogSession.Visitor;

/** What one request may still read, over all its scans. One thread. */
public final class Budget {
    private int records;
    private long bytes;

    /** So much and no more, but for the record that goes beyond. */
    public Budget(Limits limits) {
        this.records = limits.records();
        this.bytes = limits.bytes();
    }

    /** As much as there is, until the session's deadline. */
    public static Budget unlimited() {
        return new Budget(new Limits(Integer.MAX_VALUE, Long.MAX_VALUE));
    }

    /** Whether nothing may be read any more. */
    public boolean isSpent() {
        return records <= 0 || bytes <= 0;
    }

    /** {@link LogSession#scan} with what is left; {@code from} when nothing is. */
    public long scan(
            LogSession session, LogPartition partition, long from, long to, Visitor visitor) {
        if (isSpent()) {
            return from;
        }
        return session.scan(
                partition,
                from,
                to,
                new Limits(records, bytes),
                entry -> {
                    records--;
                    bytes -= entry.bytes();
                    return visitor.visit(entry);
                });
    }
}
