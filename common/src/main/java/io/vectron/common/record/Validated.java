package io.vectron.common.record;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import java.util.Map;
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
    record Rejected(Rule rule, String reason, @Nullable String id) implements Validated {
        /**
         * The error for a caller that tried to write such a record: INVALID_ID or INVALID_POINT,
         * with the rule's name as metadata {@code rule}.
         *
         * @param field path of the point in the request, as in {@code points[3]}
         */
        public VectronException toException(String field) {
            boolean id = rule.concernsId();
            String path = field + (id ? ".id" : ".point");
            ErrorCode code = id ? ErrorCode.INVALID_ID : ErrorCode.INVALID_POINT;
            return new VectronException(
                    code, path, field + ": " + reason, Map.of("rule", rule.key()));
        }
    }
}
