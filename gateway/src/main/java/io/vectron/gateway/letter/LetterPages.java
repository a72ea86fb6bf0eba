package io.vectron.gateway.letter;

import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.letter.DlqRecord.Letter;
import io.vectron.gateway.letter.DlqRecord.Settlement;
import io.vectron.gateway.letter.Settlements.Known;
import io.vectron.gateway.log.Budget;
import io.vectron.gateway.log.LogEntry;
import io.vectron.gateway.log.LogSession;
import io.vectron.gateway.log.LogSession.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads letters out of a dead-letter topic, page by page or by id. Each page reads a bounded part
 * of the topic and holds a bounded number of bytes.
 */
public final class LetterPages {

    /** Bytes of letters after which a page ends, so that an answer fits a message. */
    private static final long PAGE_BYTES = 8 << 20;

    private final Settlements settlements;
    private final Limits read;

    /**
     * Pages out of any dead-letter topic.
     *
     * @param read most that a page reads of letters, and once more of settlements
     */
    public LetterPages(Settlements settlements, Limits read) {
        this.settlements = settlements;
        this.read = read;
    }

    /**
     * A letter and how it stands.
     *
     * @param letter the letter
     * @param settlement null while it is open
     */
    public record Standing(Letter letter, @Nullable Settlement settlement) {}

    /**
     * Some letters.
     *
     * @param letters in the order of the topic
     * @param next where to go on; null after the last page
     */
    public record Page(List<Standing> letters, @Nullable PageToken next) {
        /** Copies the letters. */
        public Page {
            letters = List.copyOf(letters);
        }
    }

    /** One page being filled. */
    private final class Filling {
        final LogSession session;
        final LetterFilter filter;
        final int size;
        final Deadline deadline;
        final Budget budget = new Budget(read);
        final Budget settling = new Budget(read);
        final List<Standing> found = new ArrayList<>();
        long held;

        Filling(LogSession session, LetterFilter filter, int size, Deadline deadline) {
            this.session = session;
            this.filter = filter;
            this.size = size;
            this.deadline = deadline;
        }

        boolean isFull() {
            return found.size() >= size || held >= PAGE_BYTES;
        }

        /** Fills from one partition; where to go on in it, null when it is read to its end. */
        @Nullable PageToken fill(LogPartition dlq, PageToken at) throws InterruptedException {
            long offset = Math.max(at.offset(), session.span(dlq).begin());
            while (offset < at.end()) {
                if (isFull() || budget.isSpent()) {
                    return new PageToken(dlq.number(), offset, at.end(), 0);
                }
                List<Letter> candidates = new ArrayList<>();
                long reached = candidates(dlq, offset, at.end(), candidates);
                if (reached == offset) {
                    return outOfTime(new PageToken(dlq.number(), offset, at.end(), 0));
                }
                if (!candidates.isEmpty()) {
                    List<Long> asked = candidates.stream().map(one -> one.id().offset()).toList();
                    switch (settlements.of(session, dlq, asked, settling, deadline)) {
                        case Known.Unfinished(long scanned) -> {
                            PageToken same =
                                    new PageToken(
                                            dlq.number(), asked.getFirst(), at.end(), scanned);
                            return settling.isSpent() ? same : outOfTime(same);
                        }
                        case Known.Complete known -> {
                            take(candidates, known);
                            reached = Math.min(reached, known.until());
                        }
                    }
                }
                offset = reached;
            }
            return null;
        }

        private long candidates(LogPartition dlq, long from, long to, List<Letter> candidates) {
            long[] bytes = {held};
            return budget.scan(
                    session,
                    dlq,
                    from,
                    to,
                    entry -> {
                        if (DlqRecord.of(dlq.number(), entry) instanceof Letter letter
                                && filter.admits(letter)) {
                            candidates.add(letter);
                            bytes[0] += bytes(letter);
                        }
                        return found.size() + candidates.size() < size && bytes[0] < PAGE_BYTES;
                    });
        }

        private void take(List<Letter> candidates, Known.Complete known) {
            for (Letter letter : candidates) {
                Settlement settlement = known.byLetter().get(letter.id().offset());
                if (letter.id().offset() < known.until()
                        && (settlement == null || filter.settled())) {
                    found.add(new Standing(letter, settlement));
                    held += bytes(letter);
                }
            }
        }

        /** What was found so far is an answer all the same. */
        private PageToken outOfTime(PageToken next) {
            if (found.isEmpty()) {
                throw tooSlow();
            }
            return next;
        }
    }

    /**
     * Reads a page.
     *
     * @param topic the dead-letter topic
     * @param token where it begins; null for the first one
     * @param size most letters
     * @throws VectronException INVALID_REQUEST if the token is of another topic; LOG_UNAVAILABLE;
     *     DEADLINE_EXCEEDED if nothing could be read in time
     */
    public Page page(
            LogSession session,
            String topic,
            LetterFilter filter,
            @Nullable PageToken token,
            int size,
            Deadline deadline)
            throws InterruptedException {
        int partitions = session.partitions(topic);
        if (token != null && token.partition() >= partitions) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    "page_token",
                    "the token is none that a page before has given");
        }
        Filling page = new Filling(session, filter, size, deadline);
        for (int p = token == null ? 0 : token.partition(); p < partitions; p++) {
            LogPartition dlq = new LogPartition(topic, p);
            PageToken at =
                    token != null && token.partition() == p ? token : first(session, dlq, filter);
            PageToken next = page.fill(dlq, at);
            if (next != null) {
                return new Page(page.found, next);
            }
        }
        return new Page(page.found, null);
    }

    private static PageToken first(LogSession session, LogPartition dlq, LetterFilter filter) {
        LogSession.Span span = session.span(dlq);
        long begin =
                filter.since() == null
                        ? span.begin()
                        : Math.min(span.end(), session.offsetAt(dlq, filter.since()));
        return new PageToken(dlq.number(), begin, span.end(), 0);
    }

    /**
     * Reads a letter.
     *
     * @throws VectronException DEAD_LETTER_NOT_FOUND, LOG_UNAVAILABLE
     */
    public Letter read(LogSession session, String topic, LetterId id) {
        LogEntry entry =
                id.partition() < session.partitions(topic)
                        ? session.at(new LogPartition(topic, id.partition()), id.offset())
                        : null;
        if (entry != null && DlqRecord.of(id.partition(), entry) instanceof Letter letter) {
            return letter;
        }
        throw new VectronException(
                ErrorCode.DEAD_LETTER_NOT_FOUND,
                null,
                "there is no dead letter " + id + ", or its retention has passed",
                Map.of("id", id.toString()));
    }

    /**
     * How letters stand that are asked for by id.
     *
     * @return settlements of those that are settled
     * @throws VectronException LOG_UNAVAILABLE, DEADLINE_EXCEEDED
     */
    public Map<LetterId, Settlement> settlements(
            LogSession session, String topic, List<LetterId> ids, Deadline deadline)
            throws InterruptedException {
        Map<Integer, TreeMap<Long, LetterId>> byPartition = new TreeMap<>();
        int partitions = session.partitions(topic);
        for (LetterId id : ids) {
            if (id.partition() >= partitions) {
                continue; // No such letter, as reading it tells.
            }
            byPartition.computeIfAbsent(id.partition(), p -> new TreeMap<>()).put(id.offset(), id);
        }
        Map<LetterId, Settlement> settled = new TreeMap<>();
        for (Map.Entry<Integer, TreeMap<Long, LetterId>> partition : byPartition.entrySet()) {
            LogPartition dlq = new LogPartition(topic, partition.getKey());
            TreeMap<Long, LetterId> open = partition.getValue();
            while (!open.isEmpty()) {
                switch (settlements.of(session, dlq, open.keySet(), Budget.unlimited(), deadline)) {
                    case Known.Unfinished(long scanned) -> throw tooSlow();
                    case Known.Complete(Map<Long, Settlement> byLetter, long until) -> {
                        byLetter.forEach((offset, settlement) ->
                                settled.put(new LetterId(dlq.number(), offset), settlement));
                        open.headMap(until).clear();
                    }
                }
            }
        }
        return settled;
    }

    private static long bytes(Letter letter) {
        long bytes = letter.reason().length() + 256L;
        bytes += letter.key() == null ? 0 : letter.key().size();
        bytes += letter.value() == null ? 0 : letter.value().size();
        return bytes;
    }

    private static VectronException tooSlow() {
        return new VectronException(
                ErrorCode.DEADLINE_EXCEEDED,
                "the dead-letter topic could not be read far enough in time; what was read is"
                        + " remembered, so asking again goes on");
    }
}
