package io.vectron.index.hot;

import io.vectron.index.walk.Nearest;
import java.util.function.IntFunction;

/**
 * The nearest visible rows of a range, by comparing with each of them. Scratch of one search at a
 * time.
 */
final class FlatScan {

    private final Nearest nearest = new Nearest();
    private int visited;

    /** Scans the rows {@code [from, view.rows)} and keeps the best {@code k}. */
    void scan(HotView view, int from, int k) {
        nearest.clear();
        visited = 0;
        IntFunction<String> ids = view.slab::id;
        for (int ordinal = from, end = view.rows; ordinal < end; ordinal++) {
            if (view.visible(ordinal)) {
                visited++;
                nearest.offer(ids, view.distance(ordinal), ordinal, k);
            }
        }
    }

    int size() {
        return nearest.size();
    }

    /** The i-th nearest: {@code sortable distance << 32 | ordinal}. */
    long key(int i) {
        return nearest.key(i);
    }

    /** Rows whose distance was computed by the last scan. */
    int visited() {
        return visited;
    }
}
