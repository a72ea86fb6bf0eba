package io.vectron.common.record;

import org.jspecify.annotations.Nullable;

/** What a record of the log means. */
public sealed interface Validated {
    /** Writes a point. */
    record Upsert(String id, CanonicalPoint point) implements Validated {}

    /** Deletes a point. */
    record Delete(String id) implements Validated {}

    /** Changes nothing; a strong read waits for its position. */
    record Barrier() implements Validated {}

    /**
     * Refused. By the law of compaction the point of that id, if the id can be read, is removed in
     * the partition where the record lies.
     *
     * @param rule the rule it breaks
     * @param reason for people, names the field at fault
     * @param id the id; null if the key holds none that a point could have
     */
    record Rejected(Rule rule, String reason, @Nullable String id) implements Validated {}
}
