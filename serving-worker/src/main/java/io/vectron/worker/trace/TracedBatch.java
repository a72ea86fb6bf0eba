package io.vectron.worker.trace;

import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.proto.worker.v1.RejectedRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch that the leader applied.
 *
 * @param from position before it
 * @param to position after it
 * @param judgedAtMs when the job had judged its last record; 0 if the job did not say
 * @param sentAtMs when the job sent it; 0 if the job did not say
 * @param times when it passed the leader
 * @param rejected its rejected records
 */
public record TracedBatch(
        long from,
        long to,
        long judgedAtMs,
        long sentAtMs,
        AppliedTimes times,
        List<Rejection> rejected) {

    /** Most rejected records remembered of a batch, as the contract has it. */
    static final int MOST_REJECTED = 128;

    /** Longest name of a rule that is remembered, characters; ours are shorter by far. */
    static final int RULE_CHARACTERS = 64;

    /** A record that was rejected, and the stable name of the rule. */
    public record Rejection(long offset, String rule) {}

    /** Refuses a batch that holds nothing. */
    public TracedBatch {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("no batch: " + from + " to " + to);
        }
        rejected = List.copyOf(rejected);
    }

    /**
     * A batch as it was applied.
     *
     * @param journey what the job told of it; null if this leader was not told
     */
    static TracedBatch of(long from, long to, @Nullable BatchJourney journey, AppliedTimes times) {
        if (journey == null) {
            return new TracedBatch(from, to, 0, 0, times, List.of());
        }
        List<Rejection> rejected = new ArrayList<>();
        for (RejectedRecord record : journey.getRejectedList()) {
            if (rejected.size() < MOST_REJECTED) {
                String rule = record.getRule();
                int shown = Math.min(rule.length(), RULE_CHARACTERS);
                rejected.add(new Rejection(record.getOffset(), rule.substring(0, shown).intern()));
            }
        }
        return new TracedBatch(
                from, to, journey.getJudgedAtMs(), journey.getSentAtMs(), times, rejected);
    }

    /** Rule that rejected the record at an offset; "" if none did. */
    public String rejectedBy(long offset) {
        for (Rejection rejection : rejected) {
            if (rejection.offset() == offset) {
                return rejection.rule();
            }
        }
        return "";
    }

    /** What it costs: one for itself and one for each rejected record. */
    int weight() {
        return 1 + rejected.size();
    }
}
