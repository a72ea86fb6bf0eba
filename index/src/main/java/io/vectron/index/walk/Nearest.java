package io.vectron.index.walk;

import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * The nearest rows of a scan: a sorted array of at most k keys, {@code sortable distance << 32 |
 * ordinal}. Equal distances are ordered by id, so that an answer does not depend on the order in
 * which rows came. Scratch of one search at a time.
 */
public final class Nearest {

    private static final int INITIAL_KEYS = 64;

    private long[] keys = new long[INITIAL_KEYS];
    private int size;

    /** Forgets all rows. */
    public void clear() {
        size = 0;
    }

    /**
     * Offers a row.
     *
     * @param ids of the ordinals offered
     * @param distance sortable
     * @param k rows kept
     */
    public void offer(IntFunction<String> ids, int distance, int ordinal, int k) {
        if (size == k) {
            long worst = keys[size - 1];
            int worstDistance = (int) (worst >> 32);
            if (distance > worstDistance
                    || (distance == worstDistance && !before(ids, ordinal, (int) worst))) {
                return;
            }
            size--;
        }
        insert(ids, distance, ordinal);
    }

    private void insert(IntFunction<String> ids, int distance, int ordinal) {
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
                    || (otherDistance == distance && before(ids, (int) other, ordinal))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        System.arraycopy(keys, low, keys, low + 1, size - low);
        keys[low] = (long) distance << 32 | ordinal;
        size++;
    }

    private static boolean before(IntFunction<String> ids, int a, int b) {
        return ids.apply(a).compareTo(ids.apply(b)) < 0;
    }

    /** Rows kept. */
    public int size() {
        return size;
    }

    /** The i-th nearest: {@code sortable distance << 32 | ordinal}. */
    public long key(int i) {
        return keys[i];
    }

    /** Longs held. */
    public int held() {
        return keys.length;
    }
}
