package io.vectron.common.record;

import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Point;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Judges records by the facts of their collection alone, and brings those it accepts into canonical
 * form. The gateway and the job use this same class, so a write that the gateway acknowledged is
 * never refused later. Immutable and thread-safe.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class RecordValidator {
    private final CollectionFacts facts;

    /**
     * A validator for one collection.
     *
     * @throws IllegalArgumentException if this release does not know the facts' rules version
     */
    public RecordValidator(CollectionFacts facts) {
        this.facts = facts;
    }

    /**
     * Judges a record of the collection's topic.
     *
     * @param key the record's key
     * @param value the record's value; null deletes
     * @param headers the record's headers
     * @param partition the partition it lies in
     */
    public Validated validate(
            byte @Nullable [] key, byte @Nullable [] value, Headers headers, int partition) {
        throw new UnsupportedOperationException(facts.getName());
    }

    /**
     * Judges a point before it is written to the log: never a {@link Validated.Delete} or {@link
     * Validated.Barrier}.
     */
    public Validated validate(String id, Point point) {
        throw new UnsupportedOperationException(facts.getName());
    }

    /** Judges an id alone, before a delete is written: {@link Validated.Delete} or refused. */
    public Validated validateId(String id) {
        throw new UnsupportedOperationException(facts.getName());
    }
}
