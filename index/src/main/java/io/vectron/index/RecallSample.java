package io.vectron.index;

import io.vectron.index.hot.HotSegment;
import io.vectron.index.merge.HotSource;
import io.vectron.index.merge.SealedSource;
import io.vectron.index.merge.Source;
import io.vectron.index.vector.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * How many of the true neighbours of its own rows an index finds.
 *
 * @param rows whose neighbours were looked for
 * @param share of their neighbours that were found; NaN without rows
 */
record RecallSample(int rows, double share) {

    private static final int K = 10;
    private static final int EF = 100;
    private static final long SEED = 11;

    private static final RecallSample NONE = new RecallSample(0, Double.NaN);

    /** Of rows spread evenly over the segments, as long as {@code goOn} says so. */
    static RecallSample of(
            VectorIndex index, IndexSpec spec, IndexView view, int rows, BooleanSupplier goOn) {
        if (rows == 0 || !view.acquire()) {
            return NONE;
        }
        List<float[]> queries;
        try {
            queries = sample(view, spec, rows);
        } finally {
            view.release();
        }
        // Whoever has no time for all of them gets a sample of all segments nevertheless.
        Collections.shuffle(queries, new Random(SEED));
        long found = 0;
        long wanted = 0;
        int asked = 0;
        for (float[] query : queries) {
            if (!goOn.getAsBoolean()) {
                break;
            }
            asked++;
            List<SearchResult.Hit> truth = index.search(SearchQuery.exact(query, K)).hits();
            List<SearchResult.Hit> hits = index.search(SearchQuery.of(query, K, EF)).hits();
            float worst = truth.isEmpty() ? 0 : truth.getLast().distance();
            wanted += truth.size();
            found += hits.stream().filter(hit -> hit.distance() <= worst).count();
        }
        return wanted == 0 ? NONE : new RecallSample(asked, Math.min(1, found / (double) wanted));
    }

    private static List<float[]> sample(IndexView view, IndexSpec spec, int rows) {
        List<Source> sources = new ArrayList<>();
        view.sealed().forEach(part -> sources.add(new SealedSource(part.segment())));
        for (HotSegment segment : view.memory()) {
            sources.add(new HotSource(segment));
        }
        long all = sources.stream().mapToLong(Source::rows).sum();
        List<float[]> queries = new ArrayList<>();
        float[] row = new float[Kernels.padded(spec.dimension())];
        for (int i = 0; i < Math.min(rows, all); i++) {
            long at = i * all / Math.min(rows, all);
            int source = 0;
            while (at >= sources.get(source).rows()) {
                at -= sources.get(source++).rows();
            }
            sources.get(source).read((int) at, row);
            queries.add(Arrays.copyOf(row, spec.dimension()));
        }
        return queries;
    }
}
