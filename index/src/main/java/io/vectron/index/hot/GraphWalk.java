package io.vectron.index.hot;

import io.vectron.index.code.HeapCodes;
import java.util.Arrays;

/**
 * A best-first walk over a graph. Scratch of one search at a time.
 *
 * <p>The pool is a sorted array of keys, {@code distance << 32 | EXPANDED | HIDDEN |
 * ordinal}. It holds at most {@code ef} rows that the search may return, and with them every hidden
 * row met (dead, or not yet born) that is nearer than the worst of them. So
 * hidden rows lead the way but take nobody's place: recall holds however many rows are dead. The
 * bound for new keys and the rule when to stop are the end of the array.
 */
final class GraphWalk {

    private static final long EXPANDED = 1L << 31;
    private static final long HIDDEN = 1L << 30;
    private static final int ORDINAL = (1 << 30) - 1;
    private static final int LEAST_SEEN = 1 << 10;
    private static final int LINE_BYTES = 64;

    /** Of longer codes the machine itself fetches the rest ahead. */
    private static final int MOST_TOUCHED = 32 * LINE_BYTES;

    private long[] pool = new long[512];
    private int size;
    private int shown;
    private int visited;
    private int[] fresh = new int[64];
    private int[] distances = new int[64];
    private float[] scaled = new float[0];
    private short[] query = new short[0];
    private boolean signed;

    /** Open-addressing set of ordinal + 1; only the first {@code seenMask + 1} slots are in use. */
    private int[] seen = new int[1 << 12];

    private int seenMask;
    private int seenCount;

    /** Never read: keeps the loads of {@link #touch} from being optimised away. */
    @SuppressWarnings("unused")
    private int touched;

    /** Finds about the {@code ef} nearest rows, by codes, among those in the graph. */
    void walk(HotView view, Codes codes, Entries entries, int ef) {
        begin(ef);
        encode(view, codes);
        seed(view, codes, entries, ef);
        int at = 0;
        while (at < size) {
            long key = pool[at];
            if ((key & EXPANDED) != 0) {
                at++;
                continue;
            }
            pool[at] = key | EXPANDED;
            int count = gather(view, (int) key & ORDINAL);
            touch(codes, count, 0, codes.partial().bytes());
            at = Math.min(at + 1, offerFresh(view, codes, count, ef));
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

    private void encode(HotView view, Codes codes) {
        if (scaled.length != codes.bytes()) {
            scaled = new float[codes.bytes()];
            query = new short[codes.bytes()];
        }
        codes.quantizer().encodeQuery(view.query, scaled, query);
        signed = codes.quantizer().signed();
    }

    /** Begins with the nearest of the entries, whose floats lie side by side. */
    private void seed(HotView view, Codes codes, Entries entries, int ef) {
        int best = -1;
        float least = Float.POSITIVE_INFINITY;
        for (int i = 0; i < entries.size(); i++) {
            float distance = entries.keyDistance(view.scorer, view.query, i);
            // The newest entries may be of rows that came after the view.
            if (entries.ordinal(i) < view.graphRows && (best < 0 || distance < least)) {
                least = distance;
                best = i;
            }
        }
        visited += entries.size();
        if (best >= 0) {
            fresh[0] = entries.ordinal(best);
            add(fresh[0]);
            offerFresh(view, codes, 1, ef);
        }
    }

    /** Collects the row's neighbours that were not seen before; answers how many. */
    private int gather(HotView view, int ordinal) {
        int[] lists = view.slab.lists(ordinal);
        int at = view.slab.listAt(ordinal);
        int length = lists[at];
        if (fresh.length < length) {
            fresh = new int[length];
            distances = new int[length];
        }
        if (seenCount + length > (seenMask + 1) / 4 * 3) {
            growSeen();
        }
        int count = 0;
        for (int i = at + 1, end = at + length; i <= end; i++) {
            int neighbour = lists[i];
            // The lists of rows go on being rewritten: they may name rows newer than this view.
            if (neighbour < view.graphRows && add(neighbour)) {
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
     * Loads a byte of each line of memory of the fresh rows' codes, so that their misses overlap
     * instead of being waited for one by one in the kernel.
     */
    private void touch(Codes codes, int count, int from, int to) {
        int sum = 0;
        int end = Math.min(to, from + MOST_TOUCHED);
        for (int i = 0; i < count; i++) {
            byte[] chunk = codes.chunk(fresh[i]);
            int at = codes.at(fresh[i]);
            for (int line = from; line < end; line += LINE_BYTES) {
                sum += chunk[at + line];
            }
        }
        touched = sum;
    }

    /** Offers the fresh rows to the pool; answers the lowest place one was put at. */
    private int offerFresh(HotView view, Codes codes, int count, int ef) {
        visited += count;
        int near = compare(codes, count, ef);
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i < near; i++) {
            lowest = Math.min(lowest, offer(view, distances[i], fresh[i], ef));
        }
        return lowest;
    }

    /** Distances of the fresh rows, of which it leaves those that may come into the pool. */
    private int compare(Codes codes, int count, int ef) {
        int part = codes.partial().bytes();
        int whole = codes.bytes();
        if (part == whole || shown < ef) {
            touch(codes, count, part, whole);
            for (int i = 0; i < count; i++) {
                distances[i] = distance(codes, fresh[i]);
            }
            return count;
        }
        int limit = codes.partial().limit((int) (pool[size - 1] >> 32));
        int near = 0;
        for (int i = 0; i < count; i++) {
            int row = fresh[i];
            int distance = HeapCodes.squared(query, codes.chunk(row), codes.at(row), 0, part);
            fresh[near] = row;
            distances[near] = distance;
            near += (distance - limit) >>> 31;
        }
        touch(codes, near, part, whole);
        for (int i = 0; i < near; i++) {
            int row = fresh[i];
            distances[i] += HeapCodes.squared(query, codes.chunk(row), codes.at(row), part, whole);
        }
        return near;
    }

    private int distance(Codes codes, int row) {
        byte[] chunk = codes.chunk(row);
        int at = codes.at(row);
        return signed
                ? -HeapCodes.dot(query, chunk, at, codes.bytes())
                : HeapCodes.squared(query, chunk, at, 0, codes.bytes());
    }

    private int offer(HotView view, int distance, int ordinal, int ef) {
        if (shown == ef && distance >= (int) (pool[size - 1] >> 32)) {
            return Integer.MAX_VALUE;
        }
        boolean hidden = !view.visible(ordinal);
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

    /** Writes the ordinals of the best rows found, nearest first, to {@code to}; how many. */
    int copyFound(long[] to, int most) {
        int count = 0;
        for (int i = 0; i < size && count < most; i++) {
            if ((pool[i] & HIDDEN) == 0) {
                to[count++] = pool[i] & ORDINAL;
            }
        }
        return count;
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
