package io.vectron.index.walk;

import java.util.Arrays;

/**
 * The rows a walk keeps: a sorted array of keys, {@code distance << 32 | EXPANDED | HIDDEN |
 * ordinal}. It holds at most {@code ef} rows that the search may return, and with them every hidden
 * row met (dead) that is nearer than the worst of them. So hidden rows lead the way but take
 * nobody's place: recall holds however many rows are dead. The bound for new keys and the rule when
 * to stop are the end of the array. Scratch of one search at a time.
 */
public final class Pool {

    /** Bit of a key: its row's neighbours were looked at. */
    public static final long EXPANDED = 1L << 31;

    /** Bit of a key: its row is not visible to the search. */
    public static final long HIDDEN = 1L << 30;

    /** Bits of a key that are the ordinal. */
    public static final int ORDINAL = (1 << 30) - 1;

    private long[] keys = new long[256];
    private int size;
    private int shown;
    private int ef;

    private long bound;

    /** Empties it for a walk that keeps {@code ef} rows. */
    public void clear(int ef) {
        this.ef = ef;
        size = 0;
        shown = 0;
        bound = Long.MAX_VALUE;
        if (keys.length < ef) {
            keys = new long[ef];
        }
    }

    /** Takes in a key below the bound; answers its place. */
    public int insert(long key) {
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
    public int shown() {
        return shown;
    }

    /** Rows kept, hidden ones too. */
    public int size() {
        return size;
    }

    /** The key at a place below {@link #size}. */
    public long key(int place) {
        return keys[place];
    }

    /** Marks the row at a place as expanded. */
    public void expand(int place) {
        keys[place] |= EXPANDED;
    }

    /** The key that a further one must be below to be taken in. */
    public long bound() {
        return bound;
    }

    /** Whether it holds as many rows as it may: distances from that of the bound on are too far. */
    public boolean full() {
        return shown == ef;
    }

    /** The first row behind a place that is not expanded, or below 0. */
    public int nextAfter(int place) {
        int next = place;
        while (next < size && (keys[next] & EXPANDED) != 0) {
            next++;
        }
        return next < size ? (int) keys[next] & ORDINAL : -1;
    }

    /** Writes the ordinals of the best rows that are not hidden to {@code to}; how many. */
    public int copyShown(long[] to, int most) {
        int count = 0;
        for (int i = 0; i < size && count < most; i++) {
            if ((keys[i] & HIDDEN) == 0) {
                to[count++] = keys[i] & ORDINAL;
            }
        }
        return count;
    }

    /** Longs held. */
    public int held() {
        return keys.length;
    }
}
