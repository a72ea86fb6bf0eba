package io.vectron.index;

import io.vectron.index.hot.HotSegment;
import io.vectron.index.merge.HotSource;
import io.vectron.index.merge.SealedSource;
import io.vectron.index.merge.Source;
import io.vectron.index.vector.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How many of the true neighbours of its own rows an index finds. */
final class RecallSample {

    private static final int K = 10;
    private static final int EF = 100;

    private RecallSample() {}

    /** Share found, of rows spread evenly over the segments; NaN without rows. */
    static double of(VectorIndex index, IndexSpec spec, IndexView view, int rows) {
        if (rows == 0 || !view.acquire()) {
            return Double.NaN;
        }
        List<float[]> queries;
        try {
            queries = sample(view, spec, rows);
        } finally {
            view.release();
        }
        long found = 0;
        long wanted = 0;
        for (float[] query : queries) {
            List<SearchResult.Hit> truth = index.search(SearchQuery.exact(query, K)).hits();
            List<SearchResult.Hit> hits = index.search(SearchQuery.of(query, K, EF)).hits();
            float worst = truth.isEmpty() ? 0 : truth.getLast().distance();
            wanted += truth.size();
            found += hits.stream().filter(hit -> hit.distance() <= worst).count();
        }
        return wanted == 0 ? Double.NaN : Math.min(1, found / (double) wanted);
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
