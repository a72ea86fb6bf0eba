package io.vectron.gateway.trace;

import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.letter.DlqRecord;
import io.vectron.gateway.letter.DlqRecord.Letter;
import io.vectron.gateway.log.Budget;
import io.vectron.gateway.log.LogSession;
import io.vectron.gateway.log.LogSession.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Looks for the dead letter of a record that nobody remembers. */
public final class LetterLookup {

    /** Brokers' clocks differ: letters are looked for from a little earlier on. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    /** How long a topic keeps dead letters, and a margin. */
    private static final Duration KEPT = Duration.ofDays(6);

    private LetterLookup() {}

    /**
     * Looks from about the time on at which the record was logged.
     *
     * @param read most to read
     * @return unknown when its letter may lie further on, or may have been deleted already
     */
    public static Verdict find(
            LogSession session,
            String topic,
            int partition,
            long offset,
            Stages.Logged logged,
            Instant now,
            Limits read) {
        Budget budget = new Budget(read);
        boolean complete = !logged.before() && logged.at().isAfter(now.minus(KEPT));
        int partitions = session.partitions(topic);
        for (int p = 0; p < partitions; p++) {
            LogPartition dlq = new LogPartition(topic, p);
            long end = session.span(dlq).end();
            long from =
                    logged.before()
                            ? session.span(dlq).begin()
                            : session.offsetAt(dlq, logged.at().minus(SKEW));
            AtomicReference<@Nullable Letter> found = new AtomicReference<>();
            int number = p;
            long reached =
                    budget.scan(
                            session,
                            dlq,
                            from,
                            end,
                            entry -> {
                                if (DlqRecord.of(number, entry) instanceof Letter letter
                                        && letter.source().partition() == partition
                                        && letter.source().offset() == offset) {
                                    found.set(letter);
                                }
                                return found.get() == null;
                            });
            Letter letter = found.get();
            if (letter != null) {
                return new Verdict.Rejected(letter.rule(), letter.rejectedAt());
            }
            complete &= reached >= end;
        }
        return complete ? new Verdict.Accepted(null) : new Verdict.Unknown();
    }
}
