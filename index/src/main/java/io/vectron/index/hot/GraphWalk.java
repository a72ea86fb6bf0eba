package io.vectron.index.hot;

import io.vectron.index.code.CodeKernels;
import io.vectron.index.code.OffHeap;
import io.vectron.index.walk.Breadth;
import io.vectron.index.walk.Candidates;
import io.vectron.index.walk.Pool;
import io.vectron.index.walk.SeenSet;
import java.lang.ref.Reference;

/**
 * A best-first walk by codes over the graph of a hot segment; the same steps as in sealed ones,
 * its lists in arrays. Scratch of one search at a time.
 */
final class GraphWalk {

    private static final int LINE_BYTES = 64;

    /** Of longer codes the machine itself fetches the rest ahead. */
    private static final int MOST_TOUCHED = 32 * LINE_BYTES;

    private final Pool pool = new Pool();
    private final SeenSet seen = new SeenSet();
    private int visited;
    private int[] fresh = new int[64];
    private int[] distances = new int[64];
    private float[] scaled = new float[0];
    private short[] query = new short[0];
    private boolean signed;

    /** Never read: keeps the loads of {@link #touch} from being optimised away. */
    @SuppressWarnings("unused")
    private int touched;

    /** Finds about the {@code ef} nearest rows in the graph, of which {@code k} are wanted. */
    void walk(HotView view, Codes codes, Entries entries, int k, int ef) {
        pool.clear(Breadth.of(k, ef, codes.growth()));
        seen.clear(view.graphRows, ef);
        visited = 0;
        encode(view, codes);
        try {
            seed(view, codes, entries);
            expand(view, codes);
        } finally {
            Reference.reachabilityFence(codes); // whose memory is read by its address
        }
    }

    private void expand(HotView view, Codes codes) {
        int at = 0;
        while (at < pool.size()) {
            long key = pool.key(at);
            if ((key & Pool.EXPANDED) != 0) {
                at++;
                continue;
            }
            pool.expand(at);
            int count = gather(view, (int) key & Pool.ORDINAL);
            touch(codes, count, 0, codes.partial().bytes());
            touchNext(view, at + 1);
            at = Math.min(at + 1, offer(view, codes, count));
        }
    }

    private void encode(HotView view, Codes codes) {
        if (scaled.length != codes.bytes()) {
            scaled = new float[codes.bytes()];
            query = new short[codes.bytes()];
        }
        codes.quantizer().encodeQuery(view.query, scaled, query);
        signed = codes.quantizer().signed();
    }

    /** Begins with the nearest of the entries, whose codes lie side by side. */
    private void seed(HotView view, Codes codes, Entries entries) {
        int best = -1;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < entries.size(); i++) {
            int distance = entries.distance(query, signed, i);
            // The newest entries may be of rows that came after the view.
            if (entries.ordinal(i) < view.graphRows && (best < 0 || distance < least)) {
                least = distance;
                best = i;
            }
        }
        visited += entries.size();
        if (best >= 0) {
            fresh[0] = entries.ordinal(best);
            seen.addAll(fresh, 1);
            offer(view, codes, 1);
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
        int rows = view.graphRows;
        int count = 0;
        for (int i = at + 1, end = at + length; i <= end; i++) {
            int neighbour = lists[i];
            fresh[count] = neighbour;
            // The lists of rows go on being rewritten: they may name rows newer than this view.
            count += (neighbour - rows) >>> 31;
        }
        return seen.addAll(fresh, count);
    }

    /** Loads the list of the row that is expanded next unless a nearer one is found now. */
    private void touchNext(HotView view, int from) {
        int next = pool.nextAfter(from);
        if (next >= 0) {
            int[] lists = view.slab.lists(next);
            int at = view.slab.listAt(next);
            int last = view.slab.listStride() - 1;
            touched += lists[at] + lists[at + last / 2] + lists[at + last];
        }
    }

    /**
     * Loads a byte of each line of memory of the fresh rows' codes, so that their misses overlap
     * instead of being waited for one by one in the kernel. Two lines a turn: what the JIT makes of
     * the plain loop keeps fewer loads in flight.
     */
    private void touch(Codes codes, int count, int from, int to) {
        int sum = 0;
        int end = Math.min(to, from + MOST_TOUCHED);
        for (int i = 0; i < count; i++) {
            long code = codes.address(fresh[i]);
            for (int line = from; line < end; line += 2 * LINE_BYTES) {
                sum += OffHeap.byteAt(code + line) + OffHeap.byteAt(code + line + LINE_BYTES);
            }
        }
        touched = sum;
    }

    /** Offers the fresh rows to the pool; answers the lowest place one was put at. */
    private int offer(HotView view, Codes codes, int count) {
        visited += count;
        int near = compare(codes, count);
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i < near; i++) {
            int ordinal = fresh[i];
            long key = (long) distances[i] << 32 | ordinal;
            if (key < pool.bound()) {
                if (!view.visible(ordinal)) {
                    key |= Pool.HIDDEN;
                }
                lowest = Math.min(lowest, pool.insert(key));
            }
        }
        return lowest;
    }

    /** Distances of the fresh rows, of which it leaves those that may come into the pool. */
    private int compare(Codes codes, int count) {
        int part = codes.partial().bytes();
        int whole = codes.bytes();
        if (part == whole || !pool.full()) {
            touch(codes, count, part, whole);
            for (int i = 0; i < count; i++) {
                distances[i] = distance(codes, fresh[i]);
            }
            return count;
        }
        int limit = codes.partial().limit((int) (pool.bound() >> 32));
        int near = 0;
        for (int i = 0; i < count; i++) {
            int row = fresh[i];
            int distance = CodeKernels.squared(query, codes.address(row), 0, part);
            fresh[near] = row;
            distances[near] = distance;
            near += (distance - limit) >>> 31;
        }
        touch(codes, near, part, whole);
        for (int i = 0; i < near; i++) {
            int row = fresh[i];
            distances[i] += CodeKernels.squared(query, codes.address(row), part, whole);
        }
        return near;
    }

    private int distance(Codes codes, int row) {
        long code = codes.address(row);
        return signed
                ? -CodeKernels.dot(query, code, codes.bytes())
                : CodeKernels.squared(query, code, 0, codes.bytes());
    }

    /** Which of the rows that the last walk found are to be compared as floats. */
    Candidates candidates(Codes codes, int k) {
        return Candidates.of(k, pool.kthDistance(), codes.bytes(), signed);
    }

    /** Writes their ordinals, nearest first, to {@code to}; how many. */
    int copy(Candidates candidates, long[] to) {
        return pool.copy(candidates, to);
    }

    /** Rows whose distance was computed by the last walk. */
    int visited() {
        return visited;
    }

    /** Ints and longs held, to let go of scratch that one huge search has grown. */
    int heldWords() {
        return seen.held() + 2 * pool.held();
    }
}
