package io.vectron.index.sealed;

import io.vectron.index.vector.Scorer;
import java.util.Arrays;

/**
 * The nearest visible rows of a sealed segment, by comparing with each of them as floats. Scratch
 * of one search at a time.
 */
public final class SealedScan {

    private static final int INITIAL_KEYS = 64;

    private long[] keys = new long[INITIAL_KEYS];
    private int size;
    private int visited;

    /**
     * Keeps the best {@code k} rows visible at {@code position}, equal distances by id.
     *
     * @param query prepared and padded
     */
    public void scan(SealedSegment segment, Records records, float[] query, int k, long position) {
        size = 0;
        visited = 0;
        for (int ordinal = 0, end = segment.rows(); ordinal < end; ordinal++) {
            if (records.deaths.visible(ordinal, position)) {
                visited++;
                long at = ordinal * records.floatsStride;
                if (!records.floatsGuard.complete()) {
                    records.floatsGuard.touch(at, records.floatsStride);
                }
                float distance = records.scorer.keyDistance(query, records.floats, at);
                offer(segment, Scorer.sortable(distance), ordinal, k);
            }
        }
    }

    private void offer(SealedSegment segment, int distance, int ordinal, int k) {
        if (size == k) {
            long worst = keys[size - 1];
            int worstDistance = (int) (worst >> 32);
            if (distance > worstDistance
                    || (distance == worstDistance && !idBefore(segment, ordinal, (int) worst))) {
                return;
            }
            size--;
        }
        insert(segment, distance, ordinal);
    }

    private void insert(SealedSegment segment, int distance, int ordinal) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
        }
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            long other = keys[middle];
            int otherDistance = (int) (other >> 32);
            if (otherDistance < distance
                    || (otherDistance == distance && idBefore(segment, (int) other, ordinal))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        System.arraycopy(keys, low, keys, low + 1, size - low);
        keys[low] = (long) distance << 32 | ordinal;
        size++;
    }

    private static boolean idBefore(SealedSegment segment, int a, int b) {
        return segment.id(a).compareTo(segment.id(b)) < 0;
    }

    /** Rows found by the last scan. */
    public int size() {
        return size;
    }

    /** The i-th nearest: {@code sortable key distance << 32 | ordinal}. */
    public long key(int i) {
        return keys[i];
    }

    /** Rows compared by the last scan. */
    public int visited() {
        return visited;
    }

    /** Longs held. */
    public int heldLongs() {
        return keys.length;
    }
}
