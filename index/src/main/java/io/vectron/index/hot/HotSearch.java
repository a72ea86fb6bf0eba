package io.vectron.index.hot;

import io.vectron.index.IndexLimits;
import io.vectron.index.walk.Candidates;
import java.util.Arrays;

/** Searches one hot segment after the other; holds the scratch space of one search at a time. */
public final class HotSearch {

    /** A walk takes as long as a scan of so many times ef rows, about. */
    public static final int ROWS_PER_EF = 32;

    /** Floats of a line of memory. */
    private static final int LINE = 16;

    private final FlatScan scan = new FlatScan();
    private final GraphWalk walk = new GraphWalk();
    private long[] keys = new long[256];
    private int found;
    private int visited;

    /** Never read: keeps loads that go ahead of comparisons from being optimised away. */
    @SuppressWarnings("unused")
    private float touched;

    /**
     * Finds the nearest rows; afterwards {@link #found} and {@link #key} tell them.
     *
     * @param k rows wanted; all of equal distance are among them or the nearest by id
     * @param ef rows kept while the graph is walked, on average; at least {@code k}
     * @param exact compare with every row
     */
    public void search(HotView view, IndexLimits limits, int k, int ef, boolean exact) {
        found = 0;
        visited = 0;
        Entries entries = view.entries;
        Codes codes = view.codes;
        if (entries == null || codes == null || exact || flatIsFaster(view, limits, ef)) {
            scan.scan(view, 0, k);
        } else {
            walk.walk(view, codes, entries, k, ef);
            visited = walk.visited();
            takeWalked(view, walk.candidates(codes, k));
            scan.scan(view, view.graphRows, k);
        }
        visited += scan.visited();
        takeScanned();
        Arrays.sort(keys, 0, found);
    }

    /** About how many rows are compared, in the time that a comparison in a scan takes. */
    public static long comparisons(HotView view, IndexLimits limits, int ef, boolean exact) {
        if (exact || view.entries == null || flatIsFaster(view, limits, ef)) {
            return view.rows;
        }
        return Math.min(view.graphRows, (long) ROWS_PER_EF * ef) + view.rows - view.graphRows;
    }

    private static boolean flatIsFaster(HotView view, IndexLimits limits, int ef) {
        int live = view.live;
        return live < limits.flatRows() || live < (long) limits.flatRowsPerEf() * ef;
    }

    /** Compares the best rows by codes as floats. */
    private void takeWalked(HotView view, Candidates candidates) {
        if (keys.length < candidates.most()) {
            keys = new long[candidates.most()];
        }
        found = walk.copy(candidates, keys);
        for (int i = 0; i < found; i++) {
            float[] vectors = view.slab.vectors((int) keys[i]);
            int at = view.slab.vectorAt((int) keys[i]);
            int last = at + view.slab.stride() - 1;
            for (; at < last; at += LINE) {
                touched += vectors[at];
            }
            touched += vectors[last];
        }
        for (int i = 0; i < found; i++) {
            int ordinal = (int) keys[i];
            keys[i] = (long) view.distance(ordinal) << 32 | ordinal;
        }
    }

    private void takeScanned() {
        int total = found + scan.size();
        if (keys.length < total) {
            keys = Arrays.copyOf(keys, total);
        }
        for (int i = 0; i < scan.size(); i++) {
            keys[found + i] = scan.key(i);
        }
        found = total;
    }

    /** Rows found by the last search. */
    public int found() {
        return found;
    }

    /** The i-th nearest: {@code sortable key distance << 32 | ordinal}. */
    public long key(int i) {
        return keys[i];
    }

    /** Rows whose distance was computed by the last search. */
    public int visited() {
        return visited;
    }

    /** Ints held, to let go of scratch that one huge search has grown. */
    public int heldWords() {
        return walk.heldWords() + 2 * keys.length;
    }
}
