package io.vectron.index;

import io.vectron.index.hot.HotSegment;
import io.vectron.index.hot.HotView;
import io.vectron.index.vector.Scorer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What one search sees: the rows of every segment at one position. Holds them until closed. */
final class Snapshot implements AutoCloseable {

    private final IndexView view;
    private final long position;
    private final List<HotView> hot;
    private final float[] query;

    private Snapshot(IndexView view, long position, List<HotView> hot, float[] query) {
        this.view = view;
        this.position = position;
        this.hot = hot;
        this.query = query;
    }

    /**
     * Reads the set of segments, then their graphs' rows, then the position, then the rows ({@link
     * HotSegment} says why), and the set once more: had it changed in between, the position might
     * be one that the set read first never saw, and rows of newer segments would be missed.
     *
     * @param query prepared and padded by the scorer
     */
    static Snapshot take(
            Supplier<IndexView> current, LongSupplier position, Scorer scorer, float[] query) {
        while (true) {
            IndexView view = current.get();
            if (!view.acquire()) {
                continue; // replaced between the two: read the next one
            }
            List<HotSegment> memory = view.memory();
            int[] graphRows = new int[memory.size()];
            for (int i = 0; i < graphRows.length; i++) {
                graphRows[i] = memory.get(i).graphRows();
            }
            long w = position.getAsLong();
            List<HotView> hot = new ArrayList<>(graphRows.length);
            for (int i = 0; i < graphRows.length; i++) {
                hot.add(new HotView(memory.get(i), graphRows[i], w, scorer, query));
            }
            if (current.get() == view) {
                return new Snapshot(view, w, hot, query);
            }
            view.release();
        }
    }

    /** The watermark W. */
    long position() {
        return position;
    }

    List<SealedPart> sealed() {
        return view.sealed();
    }

    /** The segments in memory, oldest first. */
    List<HotView> hot() {
        return hot;
    }

    /** How many segments there are, sealed ones first. */
    int segments() {
        return sealed().size() + hot.size();
    }

    float[] query() {
        return query;
    }

    @Override
    public void close() {
        view.release();
    }
}
