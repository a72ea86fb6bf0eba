package io.vectron.gateway.trace;

import io.vectron.proto.worker.v1.RecordJourney;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What became of a record when it was judged. */
public sealed interface Verdict {

    /**
     * It was accepted.
     *
     * @param at when; null if nobody remembers
     */
    record Accepted(@Nullable Instant at) implements Verdict {}

    /**
     * It was rejected.
     *
     * @param rule stable name of the rule
     * @param at when; null if nobody remembers
     */
    record Rejected(String rule, @Nullable Instant at) implements Verdict {}

    /** Nobody remembers, or nobody judged it. */
    record Unknown() implements Verdict {}

    /**
     * What the leader's memory says. One that was not told by the job says nothing about rules.
     */
    static Verdict of(RecordJourney journey) {
        if (!journey.getRemembered() || journey.getJudgedAtMs() == 0) {
            return new Unknown();
        }
        Instant at = Instant.ofEpochMilli(journey.getJudgedAtMs());
        return journey.getRejectedBy().isEmpty()
                ? new Accepted(at)
                : new Rejected(journey.getRejectedBy(), at);
    }
}
