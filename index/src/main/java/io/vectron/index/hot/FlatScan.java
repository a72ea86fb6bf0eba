package io.vectron.index.hot;

import java.util.Arrays;

/**
 * The nearest visible rows of a range, by comparing with each of them. Scratch of one search at a
 * time.
 *
 * <p>Keeps a sorted array of at most {@code k} keys, {@code sortable distance << 32 | ordinal};
 * equal distances are ordered by id, so that the answer does not depend on the order of appends.
 */
final class FlatScan {

    private static final int INITIAL_KEYS = 64;

    private long[] keys = new long[INITIAL_KEYS];
    private int size;
    private int visited;

    /** Scans the rows {@code [from, view.rows)} and keeps the best {@code k}. */
    void scan(HotView view, int from, int k) {
        size = 0;
        visited = 0;
        for (int ordinal = from, end = view.rows; ordinal < end; ordinal++) {
            if (view.visible(ordinal)) {
                visited++;
                offer(view.slab, view.distance(ordinal), ordinal, k);
            }
        }
    }

    private void offer(Slab slab, int distance, int ordinal, int k) {
        if (size == k) {
            long worst = keys[size - 1];
            int worstDistance = (int) (worst >> 32);
            if (distance > worstDistance
                    || (distance == worstDistance && !idBefore(slab, ordinal, (int) worst))) {
                return;
            }
            size--;
        }
        insert(slab, distance, ordinal);
    }

    private void insert(Slab slab, int distance, int ordinal) {
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
                    || (otherDistance == distance && idBefore(slab, (int) other, ordinal))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        System.arraycopy(keys, low, keys, low + 1, size - low);
        keys[low] = (long) distance << 32 | ordinal;
        size++;
    }

    private static boolean idBefore(Slab slab, int a, int b) {
        return slab.id(a).compareTo(slab.id(b)) < 0;
    }

    int size() {
        return size;
    }

    /** The i-th nearest: {@code sortable distance << 32 | ordinal}. */
    long key(int i) {
        return keys[i];
    }

    /** Rows whose distance was computed by the last scan. */
    int visited() {
        return visited;
    }
}
