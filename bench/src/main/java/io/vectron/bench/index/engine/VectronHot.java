package io.vectron.bench.index.engine;

import io.vectron.bench.data.Dataset;
import io.vectron.index.IndexSpec;
import io.vectron.index.hot.HotSearch;
import io.vectron.index.hot.HotSegment;
import io.vectron.index.hot.HotView;
import io.vectron.index.vector.Kernels;
import io.vectron.index.vector.Scorer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One segment of ours in memory: its graph takes in all rows, slice by slice, and its search alone
 * is measured.
 */
final class VectronHot implements Engine {

    /** Rows the graph takes in at a time. */
    private static final int SLICE = 64;

    private final Dataset data;
    private final IndexSpec spec;
    private final Scorer scorer;
    private @Nullable HotSegment segment;

    VectronHot(Dataset data) {
        this.data = data;
        this.spec =
                IndexShape.DEFAULT.withHotRows(data.rows()).spec(data.dimension(), data.metric());
        this.scorer = new Scorer(data.metric());
    }

    /** The graph's. */
    static Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(IndexShape.DEFAULT.settings());
        settings.keySet().removeAll(Set.of("hot", "fan", "floor", "layout")); // it has none
        return Map.copyOf(settings);
    }

    @Override
    public String description() {
        return "a segment in memory, its rows' codes beside their floats";
    }

    /** One graph is built by one thread. */
    @Override
    public void build(int threads, Path folder, IntConsumer progress) {
        var built = new HotSegment(spec, scorer, 0);
        for (int row = 0; row < data.rows(); row++) {
            built.append(Integer.toString(row), row, data.row(row), scorer);
            if (built.tailRows() == SLICE || row + 1 == data.rows()) {
                built.advance(SLICE, row + 1L);
                progress.accept(row + 1);
            }
        }
        segment = built;
    }

    @Override
    public void open(Path folder) {
        throw new UnsupportedOperationException("rows in memory are not kept");
    }

    @Override
    public Search search() {
        HotSegment searched = Objects.requireNonNull(segment, "not built");
        var search = new HotSearch();
        int padded = Kernels.padded(data.dimension());
        return (query, k, ef, answer) -> {
            float[] whole = Arrays.copyOf(query, padded);
            var view = new HotView(searched, searched.graphRows(), data.rows(), scorer, whole);
            search.search(view, spec.limits(), k, Math.max(ef, k), false);
            int count = Math.min(search.found(), k);
            for (int i = 0; i < count; i++) {
                answer[i] = (int) search.key(i);
            }
            return count;
        };
    }

    @Override
    public long bytes() {
        return Objects.requireNonNull(segment, "not built").bytes();
    }

    @Override
    public void close() {
        segment = null;
    }
}
