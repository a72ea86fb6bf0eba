package io.vectron.standalone.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds figures that went back: of two operations one of which was over before the other began, the
 * first has the larger figure. One pass over the operations in order of time.
 */
final class Precedence {
    private Precedence() {}

    /** An operation with its figure. */
    record Item<T>(T operation, Span span, long figure) {}

    /** Two operations in the order of time. */
    record Pair<T>(T earlier, T later) {}

    /**
     * Each operation that has a smaller figure than one that was over before it began.
     *
     * @param strict whether equal figures are a fault, too
     */
    static <T> List<Pair<T>> inversions(List<Item<T>> items, boolean strict) {
        List<Item<T>> byEnd = new ArrayList<>(items);
        byEnd.sort(Comparator.comparingLong(item -> item.span().endedNanos()));
        List<Item<T>> byBegin = new ArrayList<>(items);
        byBegin.sort(Comparator.comparingLong(item -> item.span().begunNanos()));
        List<Pair<T>> found = new ArrayList<>();
        @Nullable Item<T> largest = null;
        int ended = 0;
        for (Item<T> item : byBegin) {
            while (ended < byEnd.size() && byEnd.get(ended).span().isBefore(item.span())) {
                Item<T> over = byEnd.get(ended);
                if (largest == null || over.figure() > largest.figure()) {
                    largest = over;
                }
                ended++;
            }
            if (largest != null && item.figure() < largest.figure() + (strict ? 1 : 0)) {
                found.add(new Pair<>(largest.operation(), item.operation()));
            }
        }
        return found;
    }
}
