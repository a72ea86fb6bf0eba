package io.vectron.index;

import io.vectron.index.vector.Scorer;
import java.util.Arrays;

/**
 * A best-first walk over a graph. Scratch of one search at a time.
 *
 * <p>The pool is a sorted array of keys, {@code sortable distance << 32 | EXPANDED | HIDDEN |
 * ordinal}. It holds at most {@code ef} rows that the search may return, and with them every hidden
 * row met (dead, not yet born, or left to the flat scan) that is nearer than the worst of them. So
 * hidden rows lead the way but take nobody's place: recall holds however many rows are dead. The
 * bound for new keys and the rule when to stop are the end of the array.
 */
final class GraphWalk {

    private static final long EXPANDED = 1L << 31;
    private static final long HIDDEN = 1L << 30;
    private static final int ORDINAL = (1 << 30) - 1;
    private static final int LEAST_SEEN = 1 << 10;

    private long[] pool = new long[512];
    private int size;
    private int shown;
    private int visited;
    private int[] fresh = new int[64];

    /** Open-addressing set of ordinal + 1; only the first {@code seenMask + 1} slots are in use. */
    private int[] seen = new int[1 << 12];

    private int seenMask;
    private int seenCount;

    /** Never read: keeps the loads of {@link #touch} from being optimised away. */
    @SuppressWarnings("unused")
    private float touched;

    /** Finds about the {@code ef} nearest rows of the view among those in the graph. */
    void walk(View view, Entries entries, int ef) {
        begin(ef);
        for (int i = 0; i < entries.size(); i++) {
            seed(view, entries, i, ef);
        }
        int at = 0;
        while (at < size) {
            long key = pool[at];
            if ((key & EXPANDED) != 0) {
                at++;
                continue;
            }
            pool[at] = key | EXPANDED;
            int count = gather(view, (int) key & ORDINAL);
            touch(view, count);
            at = Math.min(at + 1, offerFresh(view, count, ef));
        }
    }

    private void begin(int ef) {
        size = 0;
        shown = 0;
        visited = 0;
        seenCount = 0;
        int slots = Math.max(LEAST_SEEN, Integer.highestOneBit(ef * 48));
        if (slots > seen.length) {
            seen = new int[slots];
        } else {
            Arrays.fill(seen, 0, slots, 0);
        }
        seenMask = slots - 1;
    }

    private void seed(View view, Entries entries, int i, int ef) {
        int ordinal = entries.ordinal(i);
        if (add(ordinal)) {
            visited++;
            offer(
                    view,
                    Scorer.sortable(entries.keyDistance(view.scorer, view.query, i)),
                    ordinal,
                    ef);
        }
    }

    /** Collects the row's neighbours that were not seen before; answers how many. */
    private int gather(View view, int ordinal) {
        int[] lists = view.slab.lists(ordinal);
        int at = view.slab.listAt(ordinal);
        int length = lists[at];
        if (fresh.length < length) {
            fresh = new int[length];
        }
        if (seenCount + length > (seenMask + 1) / 4 * 3) {
            growSeen();
        }
        int count = 0;
        for (int i = at + 1, end = at + length; i <= end; i++) {
            int neighbour = lists[i];
            // A list that is being rewritten may name a row newer than this view.
            if (neighbour < view.rows && add(neighbour)) {
                fresh[count++] = neighbour;
            }
        }
        return count;
    }

    private boolean add(int ordinal) {
        int slot = slot(ordinal);
        int there;
        while ((there = seen[slot]) != 0) {
            if (there == ordinal + 1) {
                return false;
            }
            slot = (slot + 1) & seenMask;
        }
        seen[slot] = ordinal + 1;
        seenCount++;
        return true;
    }

    private int slot(int ordinal) {
        return ((ordinal * 0x9E3779B1) >>> 7) & seenMask;
    }

    private void growSeen() {
        int[] old = seen;
        int oldSlots = seenMask + 1;
        seen = new int[2 * oldSlots];
        seenMask = 2 * oldSlots - 1;
        for (int i = 0; i < oldSlots; i++) {
            if (old[i] != 0) {
                int slot = slot(old[i] - 1);
                while (seen[slot] != 0) {
                    slot = (slot + 1) & seenMask;
                }
                seen[slot] = old[i];
            }
        }
    }

    /**
     * Loads the beginning of each fresh row, so that their misses overlap instead of being waited
     * for one by one in the kernel; the rest of a row is fetched ahead by the machine itself.
     */
    private void touch(View view, int count) {
        float sum = 0;
        for (int i = 0; i < count; i++) {
            sum += view.slab.vectors(fresh[i])[view.slab.vectorAt(fresh[i])];
        }
        touched = sum;
    }

    /** Offers the fresh rows to the pool; answers the lowest place one was put at. */
    private int offerFresh(View view, int count, int ef) {
        visited += count;
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            int ordinal = fresh[i];
            lowest = Math.min(lowest, offer(view, view.distance(ordinal), ordinal, ef));
        }
        return lowest;
    }

    private int offer(View view, int distance, int ordinal, int ef) {
        if (shown == ef && distance >= (int) (pool[size - 1] >> 32)) {
            return Integer.MAX_VALUE;
        }
        boolean hidden = ordinal >= view.graphRows || !view.visible(ordinal);
        long key = (long) distance << 32 | (hidden ? HIDDEN : 0) | ordinal;
        int place = insert(key);
        if (!hidden) {
            trim(ef);
        }
        return place;
    }

    private int insert(long key) {
        if (size == pool.length) {
            pool = Arrays.copyOf(pool, 2 * size);
        }
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pool[middle] < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        System.arraycopy(pool, low, pool, low + 1, size - low);
        pool[low] = key;
        size++;
        return low;
    }

    /** After a shown row was added: keeps ef of them, and none hidden behind the last. */
    private void trim(int ef) {
        shown++;
        if (shown > ef) {
            shown--;
            size--;
        }
        if (shown == ef) {
            while ((pool[size - 1] & HIDDEN) != 0) {
                size--;
            }
        }
    }

    /** Copies the keys of the rows found, nearest first, to {@code to}; answers how many. */
    int copyFound(long[] to) {
        int count = 0;
        for (int i = 0; i < size; i++) {
            long key = pool[i];
            if ((key & HIDDEN) == 0) {
                to[count++] = key & ~EXPANDED;
            }
        }
        return count;
    }

    /** Rows found: at most ef. */
    int found() {
        return shown;
    }

    /** Rows whose distance was computed by the last walk. */
    int visited() {
        return visited;
    }

    /** Ints and longs held, to let go of scratch that one huge search has grown. */
    int heldWords() {
        return seen.length + 2 * pool.length;
    }
}
