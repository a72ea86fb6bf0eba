package io.vectron.gateway.letter;

import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.letter.DlqRecord.Settlement;
import io.vectron.gateway.log.Budget;
import io.vectron.gateway.log.LogSession;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which letters are settled. Settlements follow their letters, so that all of a partition behind a
 * letter has to be read before it is known to be open. That is done once and remembered: a window a
 * partition, of the settlements of a stretch of letters, brought up to the partition's end at each
 * question. A window is bounded by holding the lowest letters only; questions about later ones
 * begin a new window. The windows used least lately go.
 *
 * <p>Nothing here needs to be kept: a gateway that starts reads the topic again. Any thread; those
 * who ask about one partition wait for each other.
 */
public final class Settlements {

    /** Windows at a time. */
    private static final int WINDOWS = 8;

    private final int windowEntries;
    private final SequencedMap<LogPartition, Window> windows; // guarded by this

    /**
     * Remembers nothing yet.
     *
     * @param windowEntries settlements of a window, some 150 bytes each
     */
    public Settlements(int windowEntries) {
        this(WINDOWS, windowEntries);
    }

    Settlements(int windows, int windowEntries) {
        if (windows < 1 || windowEntries < 1) {
            throw new IllegalArgumentException("no room: " + windows + ", " + windowEntries);
        }
        this.windowEntries = windowEntries;
        this.windows =
                new LinkedHashMap<>(windows * 2, 0.75f, true) {
                    @Override
                    protected boolean removeEldestEntry(Map.Entry<LogPartition, Window> eldest) {
                        return size() > windows;
                    }
                };
    }

    /** What is known of letters. */
    public sealed interface Known {

        /**
         * Everything about the letters below an offset.
         *
         * @param byLetter settlements of those that are settled, by offset
         * @param until letters from here on are to be asked for again
         */
        record Complete(Map<Long, Settlement> byLetter, long until) implements Known {
            /** Copies the map. */
            public Complete {
                byLetter = Map.copyOf(byLetter);
            }
        }

        /**
         * Not all of the partition could be read within budget and deadline. Asking again goes on.
         *
         * @param scanned position reached
         */
        record Unfinished(long scanned) implements Known {}
    }

    /** Settlements of the letters in {@code [from, until)}, out of the records below scanned. */
    private static final class Window {
        final ReentrantLock lock = new ReentrantLock();

        // Guarded by lock, all below.
        long from = -1;
        long until;
        long scanned;
        final TreeMap<Long, Settlement> byLetter = new TreeMap<>();

        void restart(long letter) {
            from = letter;
            until = Long.MAX_VALUE;
            scanned = letter;
            byLetter.clear();
        }

        void add(Settlement settlement, int most) {
            long letter = settlement.letter();
            if (letter < from || letter >= until) {
                return;
            }
            byLetter.put(letter, settlement); // The last word counts.
            if (byLetter.size() > most) {
                until = byLetter.lastKey();
                byLetter.remove(until);
            }
        }
    }

    /**
     * How letters of a partition stand.
     *
     * @param letters their offsets, at least one
     * @param budget what may be read for it
     * @throws VectronException LOG_UNAVAILABLE; DEADLINE_EXCEEDED if others read the partition for
     *     so long
     */
    public Known of(
            LogSession session,
            LogPartition dlq,
            Collection<Long> letters,
            Budget budget,
            Deadline deadline)
            throws InterruptedException {
        long first = letters.stream().mapToLong(Long::longValue).min().orElseThrow();
        Window window = window(dlq);
        if (!window.lock.tryLock(
                Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)), TimeUnit.NANOSECONDS)) {
            throw new VectronException(
                    ErrorCode.DEADLINE_EXCEEDED, "others are reading the dead letters of " + dlq);
        }
        try {
            return of(window, session, dlq, letters, first, budget);
        } finally {
            window.lock.unlock();
        }
    }

    private Known of(
            Window window,
            LogSession session,
            LogPartition dlq,
            Collection<Long> letters,
            long first,
            Budget budget) {
        if (window.from < 0 || first < window.from || first >= window.until) {
            window.restart(first);
        }
        LogSession.Span span = session.span(dlq);
        if (!catchUp(window, session, dlq, span, budget)) {
            return new Known.Unfinished(window.scanned);
        }
        if (first >= window.until) {
            // There was no room for it behind earlier letters.
            window.restart(first);
            if (!catchUp(window, session, dlq, span, budget)) {
                return new Known.Unfinished(window.scanned);
            }
        }
        Map<Long, Settlement> known = new TreeMap<>();
        for (long letter : letters) {
            @Nullable Settlement settled = window.byLetter.get(letter);
            if (settled != null) {
                known.put(letter, settled);
            }
        }
        return new Known.Complete(known, window.until);
    }

    /** Takes in what was added; whether all of it. */
    private boolean catchUp(
            Window window,
            LogSession session,
            LogPartition dlq,
            LogSession.Span span,
            Budget budget) {
        // What retention removed settles nothing that is still there.
        window.scanned = Math.max(window.scanned, span.begin());
        window.scanned =
                budget.scan(
                        session,
                        dlq,
                        window.scanned,
                        span.end(),
                        entry -> {
                            if (DlqRecord.of(dlq.number(), entry) instanceof Settlement settled) {
                                window.add(settled, windowEntries);
                            }
                            return true;
                        });
        return window.scanned >= span.end();
    }

    private synchronized Window window(LogPartition dlq) {
        return windows.computeIfAbsent(dlq, partition -> new Window());
    }
}
