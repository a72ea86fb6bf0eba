package io.vectron.index.merge;

import io.vectron.index.code.RecordLayout;
import io.vectron.index.vector.Scorer;
import java.util.Arrays;

/**
 * Chooses a row's neighbours among candidates, as Vamana does (DiskANN, Subramanya et al., NeurIPS
 * 2019, algorithm 2): the nearest first, and none to which a chosen one leads by a step that is
 * {@code alpha} times shorter. Scratch of one thread.
 */
final class Pruning {

    private final Comparison rows;
    private final float squaredAlpha;
    private long[] candidates = new long[256];
    private int count;
    private final int[] chosen = new int[RecordLayout.DEGREE];

    /**
     * @param alpha at least 1; larger keeps longer edges, which shortens walks; no use under dot,
     *     where distances are no lengths
     */
    Pruning(Comparison rows, float alpha, boolean lengths) {
        this.rows = rows;
        this.squaredAlpha = lengths ? alpha * alpha : 1f;
    }

    void clear() {
        count = 0;
    }

    /** Adds a candidate for {@code row}; twice the same does no harm. */
    void add(int row, int candidate) {
        if (candidate == row) {
            return;
        }
        if (count == candidates.length) {
            candidates = Arrays.copyOf(candidates, 2 * count);
        }
        int distance = Scorer.sortable(rows.distance(row, candidate));
        candidates[count++] = (long) distance << 32 | candidate;
    }

    /** Number of neighbours chosen, written nearest first to {@code to}, up to 32. */
    int choose(int[] to) {
        Arrays.sort(candidates, 0, count);
        dropTwins();
        int found = 0;
        // First the edges that a graph with alpha 1 has, then longer ones while there is room.
        found = pass(1f, found);
        if (squaredAlpha > 1f) {
            found = pass(squaredAlpha, found);
        }
        long[] keys = new long[found];
        for (int i = 0; i < found; i++) {
            keys[i] = candidates[chosen[i]];
        }
        Arrays.sort(keys);
        for (int i = 0; i < found; i++) {
            to[i] = (int) keys[i];
        }
        return found;
    }

    private void dropTwins() {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || candidates[i] != candidates[i - 1]) {
                candidates[kept++] = candidates[i];
            }
        }
        count = kept;
    }

    private int pass(float factor, int from) {
        int found = from;
        for (int i = 0; i < count && found < RecordLayout.DEGREE; i++) {
            if (!isChosen(i, from) && diverse(i, found, factor)) {
                chosen[found++] = i;
            }
        }
        return found;
    }

    private boolean isChosen(int candidate, int found) {
        for (int i = 0; i < found; i++) {
            if (chosen[i] == candidate) {
                return true;
            }
        }
        return false;
    }

    private boolean diverse(int candidate, int found, float factor) {
        float distance = Scorer.unsortable((int) (candidates[candidate] >> 32));
        int row = (int) candidates[candidate];
        for (int i = 0; i < found; i++) {
            if (factor * rows.distance((int) candidates[chosen[i]], row) < distance) {
                return false;
            }
        }
        return true;
    }
}
