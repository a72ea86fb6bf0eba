package io.vectron.index.walk;

import java.util.Arrays;

/**
 * The rows a walk keeps: a sorted array of keys, {@code distance << 32 | EXPANDED | HIDDEN |
 * ordinal}. It holds as many rows that the search may return as its {@link Breadth} says, and with
 * them every hidden row met (dead) that is nearer than the worst of them. So hidden rows lead the
 * way but take nobody's place: recall holds however many rows are dead. The bound for new keys and
 * the rule when to stop are the same. Scratch of one search at a time.
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
    private int k;
    private int least;
    private int most;
    private double stretch;
    private long bound;

    /** Empties it for a walk. */
    public void clear(Breadth breadth) {
        k = breadth.k();
        least = breadth.least();
        most = breadth.most();
        stretch = breadth.stretch();
        size = 0;
        shown = 0;
        bound = Long.MAX_VALUE;
    }

    /** Takes in a key below the bound; answers its place. */
    public int insert(long key) {
        int place = place(key);
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
        }
        System.arraycopy(keys, place, keys, place + 1, size - place);
        keys[place] = key;
        size++;
        if ((key & HIDDEN) == 0) {
            shown++;
            tighten();
        }
        return place;
    }

    /** After a shown row was added: what is too far now leaves, and nothing as far comes in. */
    private void tighten() {
        if (shown < least) {
            return;
        }
        int nearest = shownBehind(-1, k);
        int last = shownBehind(nearest, least - k);
        // Distances grow beyond an int where the k nearest are near-duplicates.
        double reached = Math.min((keys[nearest] >> 32) * stretch, Integer.MAX_VALUE);
        long reach = (long) reached << 32;
        bound = Math.min(bound, Math.max(reach, keys[last]));
        while (keys[size - 1] > bound || shown > most) {
            drop();
        }
        if (shown == most) {
            while ((keys[size - 1] & HIDDEN) != 0) {
                drop();
            }
            bound = Math.min(bound, keys[size - 1]);
        }
    }

    private void drop() {
        size--;
        shown -= (keys[size] & HIDDEN) == 0 ? 1 : 0;
    }

    /** The place of the {@code n}-th shown row behind a place; that place if {@code n} is 0. */
    private int shownBehind(int place, int n) {
        if (shown == size) {
            return place + n;
        }
        int at = place;
        for (int left = n; left > 0; ) {
            at++;
            left -= (keys[at] & HIDDEN) == 0 ? 1 : 0;
        }
        return at;
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

    /** Rows found that the search may return. */
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

    /** Rows that the search may return which it wants before there is a bound. */
    public int lacks() {
        return Math.max(0, least - shown);
    }

    /** Whether there is a bound: distances from that of the bound on are too far. */
    public boolean full() {
        return bound != Long.MAX_VALUE;
    }

    /** The first row behind a place that is not expanded, or below 0. */
    public int nextAfter(int place) {
        int next = place;
        while (next < size && (keys[next] & EXPANDED) != 0) {
            next++;
        }
        return next < size ? (int) keys[next] & ORDINAL : -1;
    }

    /** The distance of the k-th nearest row that the search may return, or of the last there is. */
    public int kthDistance() {
        return shown == 0 ? 0 : (int) (keys[shownBehind(-1, Math.min(k, shown))] >> 32);
    }

    /** Writes the ordinals of the candidates to {@code to}, nearest first; how many. */
    public int copy(Candidates wanted, long[] to) {
        int count = 0;
        for (int i = 0; i < size && count < wanted.most(); i++) {
            long key = keys[i];
            if ((key & HIDDEN) == 0) {
                if (count >= wanted.least() && key >> 32 > wanted.limit()) {
                    return count;
                }
                to[count++] = key & ORDINAL;
            }
        }
        return count;
    }

    /** Longs held. */
    public int held() {
        return keys.length;
    }
}
