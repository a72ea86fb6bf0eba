package io.vectron.gateway.service;

import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.log.Headers;
import io.vectron.common.log.WriteToken;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.letter.DlqRecord.Letter;
import io.vectron.gateway.letter.LetterId;
import io.vectron.gateway.letter.LetterMessages;
import io.vectron.gateway.letter.LetterPages.Standing;
import io.vectron.gateway.letter.Retry;
import io.vectron.gateway.log.LogEntry;
import io.vectron.gateway.log.LogSession;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.write.AppendOutcome;
import io.vectron.gateway.write.LogAppend;
import io.vectron.gateway.write.LogWriter;
import io.vectron.proto.v1.RetryResult;
import io.vectron.proto.v1.WriteFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the records of letters again, and settles letters. A record is written before its letter
 * is settled: who is cut off in between leaves the letter open, and the next retry writes the same
 * record once more, which changes nothing.
 */
final class LetterRetries {

    private static final Logger LOG = LoggerFactory.getLogger(LetterRetries.class);

    private final LogWriter log;
    private final CurrentVersions versions;

    LetterRetries(LogWriter log, CurrentVersions versions) {
        this.log = log;
        this.versions = versions;
    }

    /** How a retry was asked for. */
    record Wish(boolean force, boolean dryRun) {}

    /**
     * Retries letters, in the order given.
     *
     * @return one result a letter, in that order
     */
    List<RetryResult> retry(
            CollectionRoute route,
            List<Standing> letters,
            Wish wish,
            LogSession session,
            Deadline deadline)
            throws InterruptedException {
        Map<LetterId, RetryResult> results = new LinkedHashMap<>();
        List<Letter> open = new ArrayList<>();
        for (Standing standing : letters) {
            Letter letter = standing.letter();
            RetryResult.Builder result = result(letter, route);
            results.put(letter.id(), result.build());
            if (letter.omittedBytes() != null) {
                String why = "its value was too large for a dead letter: write it from its source";
                fail(results, result, ErrorCode.DEAD_LETTER_VALUE_OMITTED, why);
            } else if (standing.settlement() != null && !wish.force()) {
                fail(results, result, ErrorCode.DEAD_LETTER_SETTLED, "it was settled before");
            } else {
                open.add(letter);
            }
        }
        if (!wish.force()) {
            skipNewer(route, open, results, session, deadline);
        }
        if (wish.dryRun()) {
            for (Letter letter : open) {
                int home = Retry.home(letter, route.facts());
                results.put(letter.id(), result(letter, route).setWouldWriteTo(home).build());
            }
        } else {
            write(route, open, results, deadline);
        }
        return List.copyOf(results.values());
    }

    /**
     * Settles letters without writing them again.
     *
     * @return those that are settled now
     */
    List<LetterId> drop(CollectionRoute route, List<LetterId> letters, Deadline deadline)
            throws InterruptedException {
        List<LogAppend> records = new ArrayList<>();
        for (LetterId letter : letters) {
            records.add(Retry.settlement(letter, route.facts(), null));
        }
        List<AppendOutcome> outcomes = log.append(records, deadline);
        List<LetterId> settled = new ArrayList<>();
        for (int i = 0; i < letters.size(); i++) {
            if (outcomes.get(i) instanceof AppendOutcome.Appended) {
                settled.add(letters.get(i));
            }
        }
        return settled;
    }

    private void write(
            CollectionRoute route,
            List<Letter> letters,
            Map<LetterId, RetryResult> results,
            Deadline deadline)
            throws InterruptedException {
        List<LogAppend> records = new ArrayList<>();
        letters.forEach(letter -> records.add(Retry.again(letter, route.facts())));
        List<AppendOutcome> outcomes = log.append(records, deadline);
        List<LogAppend> settlements = new ArrayList<>();
        for (int i = 0; i < letters.size(); i++) {
            Letter letter = letters.get(i);
            RetryResult.Builder result = result(letter, route);
            switch (outcomes.get(i)) {
                case AppendOutcome.Appended(long offset, Integer epoch) -> {
                    WriteToken token =
                            new WriteToken(
                                    route.topicId(),
                                    null,
                                    records.get(i).partition(),
                                    offset,
                                    epoch);
                    results.put(letter.id(), result.setToken(token.toProto()).build());
                    settlements.add(Retry.settlement(letter.id(), route.facts(), token));
                }
                case AppendOutcome.Unacknowledged(String why) ->
                        fail(
                                results,
                                result,
                                ErrorCode.LOG_UNAVAILABLE,
                                why + "; it may be in the log or not, and the letter stays open");
                case AppendOutcome.NotSent(String why) ->
                        fail(results, result, ErrorCode.LOG_UNAVAILABLE, why);
            }
        }
        for (AppendOutcome outcome : log.append(settlements, deadline)) {
            if (!(outcome instanceof AppendOutcome.Appended)) {
                LOG.warn("a letter of {} was written again and stays open", route.topic());
            }
        }
    }

    /** Takes out the letters whose points have a newer version, and says so. */
    private void skipNewer(
            CollectionRoute route,
            List<Letter> letters,
            Map<LetterId, RetryResult> results,
            LogSession session,
            Deadline deadline)
            throws InterruptedException {
        Set<String> ids = new LinkedHashSet<>();
        for (Letter letter : letters) {
            ids.add(LetterMessages.pointId(letter, route));
        }
        ids.remove("");
        if (ids.isEmpty()) {
            return;
        }
        Map<String, Long> current = versions.of(route, ids, session, deadline);
        letters.removeIf(letter -> {
            Long version = current.get(LetterMessages.pointId(letter, route));
            if (version == null || !isNewer(route, letter, version, session)) {
                return false;
            }
            results.put(letter.id(), result(letter, route).setNewerVersion(version).build());
            return true;
        });
    }

    /**
     * Whether the version of a point was written after the letter's record. Offsets tell within a
     * partition; a record that lay in another one is compared by Kafka's time, and a version that
     * was itself written again from a letter by the time of the record that its producer wrote:
     * else the retry of an older letter would stand in the way of a later one, and a retry that was
     * cut off in its own.
     */
    private static boolean isNewer(
            CollectionRoute route, Letter letter, long version, LogSession session) {
        int home = Retry.home(letter, route.facts());
        boolean comparable = home == letter.source().partition();
        if (comparable && version <= letter.source().offset()) {
            return false;
        }
        LogEntry entry = session.at(new LogPartition(route.topic(), home), version);
        if (entry == null) {
            return true; // Compacted meanwhile: there is a newer one still.
        }
        Long originMs = originMs(entry);
        if (originMs != null) {
            return originMs > letter.originMs();
        }
        return comparable || entry.at().toEpochMilli() >= letter.originMs();
    }

    private static @Nullable Long originMs(LogEntry entry) {
        String text = entry.header(Headers.RETRY_ORIGIN_MS);
        boolean retried = entry.header(Headers.RETRY_OF) != null;
        return retried && text != null && text.matches("\\d{1,18}") ? Long.valueOf(text) : null;
    }

    private static RetryResult.Builder result(Letter letter, CollectionRoute route) {
        return RetryResult.newBuilder()
                .setId(letter.id().toString())
                .setPointId(LetterMessages.pointId(letter, route));
    }

    private static void fail(
            Map<LetterId, RetryResult> results,
            RetryResult.Builder result,
            ErrorCode code,
            String why) {
        results.put(
                LetterId.parse(result.getId(), "id"),
                result.setFailure(WriteFailure.newBuilder().setReason(code.name()).setMessage(why))
                        .build());
    }
}
