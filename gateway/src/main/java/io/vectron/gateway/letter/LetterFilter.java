package io.vectron.gateway.letter;

import com.google.protobuf.Timestamp;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.record.Rule;
import io.vectron.gateway.letter.DlqRecord.Letter;
import io.vectron.proto.v1.DeadLetterFilter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which letters are meant.
 *
 * @param rules stable names; empty means any
 * @param since refused then or later; null means any time
 * @param until refused before; null means any time
 * @param settled whether settled ones are meant too
 */
public record LetterFilter(
        Set<String> rules, @Nullable Instant since, @Nullable Instant until, boolean settled) {

    private static final Set<String> KNOWN =
            Arrays.stream(Rule.values()).map(Rule::key).collect(Collectors.toUnmodifiableSet());

    /** Copies the rules. */
    public LetterFilter {
        rules = Set.copyOf(rules);
    }

    /**
     * Reads the filter of a request.
     *
     * @param field path of the filter, for errors
     * @param settled whether settled letters can be meant at all
     * @throws VectronException INVALID_REQUEST
     */
    public static LetterFilter of(DeadLetterFilter filter, String field, boolean settled) {
        for (int i = 0; i < filter.getRulesCount(); i++) {
            if (!KNOWN.contains(filter.getRules(i))) {
                throw invalid(field + ".rules[" + i + "]", "there is no such rule");
            }
        }
        Instant since = filter.hasSince() ? instant(filter.getSince(), field + ".since") : null;
        Instant until = filter.hasUntil() ? instant(filter.getUntil(), field + ".until") : null;
        return new LetterFilter(
                Set.copyOf(filter.getRulesList()),
                since,
                until,
                settled && filter.getIncludeSettled());
    }

    /** Whether a letter is meant, if it is not settled. */
    public boolean admits(Letter letter) {
        return (rules.isEmpty() || rules.contains(letter.rule()))
                && (since == null || !letter.rejectedAt().isBefore(since))
                && (until == null || letter.rejectedAt().isBefore(until));
    }

    private static Instant instant(Timestamp time, String field) {
        try {
            if (time.getNanos() < 0 || time.getNanos() > 999_999_999) {
                throw invalid(field, "nanos is out of range");
            }
            Instant instant = Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
            long unusedMs = instant.toEpochMilli(); // What Kafka is asked with must exist.
            return unusedMs < 0 ? Instant.EPOCH : instant;
        } catch (DateTimeException | ArithmeticException e) {
            throw invalid(field, "the time is out of range");
        }
    }

    private static VectronException invalid(String field, String message) {
        return new VectronException(ErrorCode.INVALID_REQUEST, field, message);
    }
}
