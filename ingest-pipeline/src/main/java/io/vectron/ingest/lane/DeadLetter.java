package io.vectron.ingest.lane;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that the rules refuse, on its way to the dead-letter topic.
 *
 * @param offset its offset in the partition
 * @param timestampMs its time in the log, milliseconds since 1970
 * @param rule permanent name of the rule that refused it
 * @param reason why, for people
 * @param original the record as it was
 */
public record DeadLetter(
        long offset, long timestampMs, String rule, String reason, Original original) {

    /**
     * The record as it stood in the topic.
     *
     * @param key key, null if it had none
     * @param value value, null if it had none
     * @param headers headers in their order
     */
    public record Original(
            @Nullable ByteString key, @Nullable ByteString value, List<Header> headers) {
        public Original {
            headers = List.copyOf(headers);
        }
    }

    /** A header of the original record. */
    public record Header(String name, @Nullable ByteString value) {}

    /**
     * A dead letter and what the record took away.
     *
     * @param letter the letter
     * @param replacedVersion version of the point that the rejected record removes; null when there
     *     was none
     */
    public record Addressed(DeadLetter letter, @Nullable Long replacedVersion) {}

    public DeadLetter {
        if (offset < 0) {
            throw new IllegalArgumentException("offset is negative: " + offset);
        }
        if (rule.isEmpty()) {
            throw new IllegalArgumentException("rule is empty");
        }
    }

    /** Bytes of the original that this letter keeps in memory. */
    long heldBytes() {
        long bytes = reason.length();
        bytes += original.key() == null ? 0 : original.key().size();
        bytes += original.value() == null ? 0 : original.value().size();
        for (Header header : original.headers()) {
            bytes += header.name().length() + 32L;
            bytes += header.value() == null ? 0 : header.value().size();
        }
        return bytes;
    }
}
