package io.vectron.index.sealed;

import java.util.Arrays;

/**
 * The rows a walk keeps: a sorted array of keys, {@code distance << 32 | EXPANDED | HIDDEN |
 * ordinal}. It holds at most {@code ef} rows that the search may return, and with them every hidden
 * row met (dead) that is nearer than the worst of them. So hidden rows lead the way but take
 * nobody's place: recall holds however many rows are dead. The bound for new keys and the rule when
 * to stop are the end of the array. Scratch of one search at a time.
 */
final class Pool {

    static final long EXPANDED = 1L << 31;
    static final long HIDDEN = 1L << 30;
    static final int ORDINAL = (1 << 30) - 1;

    long[] keys = new long[256];
    int size;
    private int shown;
    private int ef;

    /** The key that a further one must be below to be taken in. */
    long bound;

    void clear(int ef) {
        this.ef = ef;
        size = 0;
        shown = 0;
        bound = Long.MAX_VALUE;
        if (keys.length < ef) {
            keys = new long[ef];
        }
    }

    /** Takes in a key below the bound; answers its place. */
    int insert(long key) {
        int place = place(key);
        boolean full = size == ef && shown == ef && (key & HIDDEN) == 0;
        int moved = (full ? size - 1 : size) - place;
        if (size == keys.length && !full) {
            keys = Arrays.copyOf(keys, 2 * size);
        }
        System.arraycopy(keys, place, keys, place + 1, moved);
        keys[place] = key;
        if (!full) {
            size++;
            if ((key & HIDDEN) == 0) {
                trim();
            }
        }
        if (shown == ef) {
            bound = keys[size - 1];
        }
        return place;
    }

    /** After a shown row was added: keeps ef of them, and none hidden behind the last. */
    private void trim() {
        shown++;
        if (shown > ef) {
            shown--;
            size--;
        }
        if (shown == ef) {
            while ((keys[size - 1] & HIDDEN) != 0) {
                size--;
            }
        }
    }

    private int place(long key) {
        int low = 0;
        int length = size;
        while (length > 0) {
            int half = (length + 1) >>> 1;
            // Without a branch, which would be mispredicted every other time.
            int below = (int) ((keys[low + half - 1] - key) >> 63);
            low += half & below;
            length -= half;
        }
        return low;
    }

    /** Rows found: at most ef. */
    int shown() {
        return shown;
    }
}
