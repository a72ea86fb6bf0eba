package io.vectron.index.sealed;

import io.vectron.index.vector.Scorer;
import io.vectron.index.walk.Nearest;
import java.util.function.IntFunction;

/**
 * The nearest visible rows of a sealed segment, by comparing with each of them as floats. Scratch
 * of one search at a time.
 */
public final class SealedScan {

    private final Nearest nearest = new Nearest();
    private int visited;

    /**
     * Keeps the best {@code k} rows visible at {@code position}, equal distances by id.
     *
     * @param query prepared and padded
     */
    public void scan(SealedSegment segment, Records records, float[] query, int k, long position) {
        nearest.clear();
        visited = 0;
        IntFunction<String> ids = segment::id;
        for (int ordinal = 0, end = segment.rows(); ordinal < end; ordinal++) {
            if (records.deaths.visible(ordinal, position)) {
                visited++;
                long at = ordinal * records.floatsStride;
                if (!records.floatsGuard.complete()) {
                    records.floatsGuard.touch(at, records.floatsStride);
                }
                float distance = records.scorer.keyDistance(query, records.floats, at);
                nearest.offer(ids, Scorer.sortable(distance), ordinal, k);
            }
        }
    }

    /** Rows found by the last scan. */
    public int size() {
        return nearest.size();
    }

    /** The i-th nearest: {@code sortable key distance << 32 | ordinal}. */
    public long key(int i) {
        return nearest.key(i);
    }

    /** Rows compared by the last scan. */
    public int visited() {
        return visited;
    }

    /** Longs held. */
    public int heldLongs() {
        return nearest.held();
    }
}
