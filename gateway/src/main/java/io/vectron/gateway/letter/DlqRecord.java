package io.vectron.gateway.letter;

import com.google.protobuf.ByteString;
import io.vectron.common.error.VectronException;
import io.vectron.common.log.Headers;
import io.vectron.common.log.WriteToken;
import io.vectron.gateway.log.LogEntry;
import io.vectron.gateway.log.LogHeader;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a record of a dead-letter topic is. */
public sealed interface DlqRecord {

    /** Headers that the job adds to a letter, and those that a retry adds to a record. */
    Set<String> OURS =
            Set.of(
                    Headers.RULE,
                    Headers.REASON,
                    Headers.SOURCE_TOPIC,
                    Headers.SOURCE_PARTITION,
                    Headers.SOURCE_OFFSET,
                    Headers.SOURCE_TIMESTAMP_MS,
                    Headers.REPLACED_VERSION,
                    Headers.VALUE_OMITTED_BYTES,
                    Headers.RETRY_OF,
                    Headers.RETRIES,
                    Headers.RETRY_ORIGIN_MS);

    /** Neither of ours: others may write to the topic too. */
    record Foreign() implements DlqRecord {}

    /**
     * How a letter of the same partition was settled.
     *
     * @param letter offset of the letter
     * @param retriedAs where its record was written again; null if it was dropped
     * @param at when
     */
    record Settlement(long letter, @Nullable WriteToken retriedAs, Instant at)
            implements DlqRecord {}

    /**
     * A record that was refused.
     *
     * @param id where the letter lies
     * @param rejectedAt when it was refused
     * @param rule stable name of the rule
     * @param reason for people
     * @param source where the record lies
     * @param key of the record; cut if the value is omitted
     * @param value of the record; null if it has none, or is omitted
     * @param headers of the record
     * @param replacedVersion version of the point that it removed; null if there was none
     * @param omittedBytes size of the value that the letter does not hold; null if it holds it
     */
    record Letter(
            LetterId id,
            Instant rejectedAt,
            String rule,
            String reason,
            Source source,
            @Nullable ByteString key,
            @Nullable ByteString value,
            List<LogHeader> headers,
            @Nullable Long replacedVersion,
            @Nullable Long omittedBytes)
            implements DlqRecord {

        /** Copies the headers. */
        public Letter {
            headers = List.copyOf(headers);
        }

        /** How often its record had been written again before. */
        public int retries() {
            Long retries = number(headers, Headers.RETRIES);
            return retries == null ? 0 : (int) Math.min(retries, Integer.MAX_VALUE - 1);
        }

        /** Letter that its record was written again from; "" if it was not. */
        public String retryOf() {
            String letter = LogEntry.header(headers, Headers.RETRY_OF);
            return letter == null ? "" : letter;
        }

        /** When the record was logged that its producer wrote, milliseconds since 1970. */
        public long originMs() {
            Long origin = number(headers, Headers.RETRY_ORIGIN_MS);
            return origin == null ? source.loggedAt().toEpochMilli() : origin;
        }
    }

    /** Where a refused record lies, and when it was logged. */
    record Source(int partition, long offset, Instant loggedAt) {}

    /** Reads a record of a dead-letter topic. */
    static DlqRecord of(int partition, LogEntry entry) {
        // A letter carries headers of its record first, and no header of them can make it a
        // settlement: the job's own ones come last.
        int ours = lastIndexOf(entry.headers(), Headers.RULE);
        return ours >= 0 ? letter(partition, entry, ours) : settlement(entry);
    }

    private static DlqRecord letter(int partition, LogEntry entry, int ours) {
        List<LogHeader> job = entry.headers().subList(ours, entry.headers().size());
        Long sourcePartition = number(job, Headers.SOURCE_PARTITION);
        Long sourceOffset = number(job, Headers.SOURCE_OFFSET);
        Long loggedAtMs = number(job, Headers.SOURCE_TIMESTAMP_MS);
        String rule = LogEntry.header(job, Headers.RULE);
        String reason = LogEntry.header(job, Headers.REASON);
        if (sourcePartition == null
                || sourcePartition > Integer.MAX_VALUE
                || sourceOffset == null
                || rule == null) {
            return new Foreign();
        }
        Long omitted =
                entry.value() == null ? number(entry.headers(), Headers.VALUE_OMITTED_BYTES) : null;
        List<LogHeader> original =
                entry.headers().subList(0, ours).stream()
                        .filter(header ->
                                omitted == null
                                        || !header.name().equals(Headers.VALUE_OMITTED_BYTES))
                        .toList();
        Instant loggedAt = Instant.ofEpochMilli(loggedAtMs == null ? 0 : loggedAtMs);
        return new Letter(
                new LetterId(partition, entry.offset()),
                entry.at(),
                rule,
                reason == null ? "" : reason,
                new Source(sourcePartition.intValue(), sourceOffset, loggedAt),
                entry.key(),
                entry.value(),
                original,
                number(job, Headers.REPLACED_VERSION),
                omitted);
    }

    private static DlqRecord settlement(LogEntry entry) {
        Long letter = number(entry.headers(), Headers.SETTLED_LETTER);
        if (!Headers.SETTLED.equals(entry.header(Headers.KIND))
                || letter == null
                || letter >= entry.offset()) {
            return new Foreign();
        }
        if (Headers.DROPPED.equals(entry.header(Headers.SETTLED_AS))) {
            return new Settlement(letter, null, entry.at());
        }
        WriteToken token = token(entry.header(Headers.SETTLED_TOKEN));
        return token == null ? new Foreign() : new Settlement(letter, token, entry.at());
    }

    /** Headers of the record that settles a letter. */
    static List<LogHeader> settling(LetterId letter, @Nullable WriteToken retriedAs) {
        LogHeader kind = LogHeader.of(Headers.KIND, Headers.SETTLED);
        LogHeader which = LogHeader.of(Headers.SETTLED_LETTER, Long.toString(letter.offset()));
        return retriedAs == null
                ? List.of(kind, which, LogHeader.of(Headers.SETTLED_AS, Headers.DROPPED))
                : List.of(
                        kind,
                        which,
                        LogHeader.of(Headers.SETTLED_AS, Headers.RETRIED),
                        LogHeader.of(Headers.SETTLED_TOKEN, retriedAs.toString()));
    }

    private static @Nullable WriteToken token(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return WriteToken.parse(text);
        } catch (VectronException notOurs) {
            return null;
        }
    }

    /** A number that is not negative; null if there is no header of that name, or another text. */
    private static @Nullable Long number(List<LogHeader> headers, String name) {
        String text = LogEntry.header(headers, name);
        if (text == null || !text.matches("\\d{1,18}")) {
            return null;
        }
        return Long.valueOf(text);
    }

    private static int lastIndexOf(List<LogHeader> headers, String name) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
