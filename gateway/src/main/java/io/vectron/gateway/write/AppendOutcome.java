package io.vectron.gateway.write;

import org.jspecify.annotations.Nullable;

/** What became of a record. */
public sealed interface AppendOutcome {

    /**
     * All in-sync replicas have it.
     *
     * @param offset its offset
     * @param leaderEpoch leader epoch of the partition when it was written; null if not known
     */
    record Appended(long offset, @Nullable Integer leaderEpoch) implements AppendOutcome {}

    /**
     * Nobody knows whether it is in the log. Appending it again is safe.
     *
     * @param why for people
     */
    record Unacknowledged(String why) implements AppendOutcome {}

    /**
     * It is not in the log and will not come into it.
     *
     * @param why for people
     */
    record NotSent(String why) implements AppendOutcome {}
}
