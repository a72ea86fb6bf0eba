package io.vectron.index;

import io.vectron.index.SearchResult.Hit;
import io.vectron.index.vector.Scorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Plans and runs searches, one at a time; holds their scratch space. */
final class Searcher {

    private static final int MOST_WORDS_KEPT = 1 << 19;
    private static final Comparator<Hit> BY_DISTANCE_THEN_ID =
            Comparator.comparingDouble(Hit::distance).thenComparing(Hit::id);

    private final FlatScan scan = new FlatScan();
    private final GraphWalk walk = new GraphWalk();
    private long[] keys = new long[256];

    SearchResult search(Generation generation, IndexSpec spec, Scorer scorer, SearchQuery query) {
        float[] prepared = scorer.prepared(query.vector().values());
        View view = new View(generation, scorer, prepared);
        int k = query.topK();
        int ef = Math.max(query.ef(), k);
        Entries entries = generation.graph().entries();
        int found = 0;
        int visited = 0;
        if (entries == null || query.exact() || flatIsFaster(generation, spec, ef)) {
            scan.scan(view, 0, k);
        } else {
            walk.walk(view, entries, ef);
            visited = walk.visited();
            found = takeWalked();
            scan.scan(view, view.graphRows, k);
        }
        found = takeScanned(found);
        Arrays.sort(keys, 0, found);
        List<Hit> hits = hits(view, spec.metric(), found, k);
        return new SearchResult(view.position, hits, visited + scan.visited());
    }

    private static boolean flatIsFaster(Generation generation, IndexSpec spec, int ef) {
        IndexLimits limits = spec.limits();
        int live = generation.live();
        return live < limits.flatRows() || live < (long) limits.flatRowsPerEf() * ef;
    }

    private int takeWalked() {
        if (keys.length < walk.found()) {
            keys = new long[walk.found()];
        }
        return walk.copyFound(keys);
    }

    private int takeScanned(int from) {
        int total = from + scan.size();
        if (keys.length < total) {
            keys = Arrays.copyOf(keys, total);
        }
        for (int i = 0; i < scan.size(); i++) {
            keys[from + i] = scan.key(i);
        }
        return total;
    }

    /** The best k of the sorted keys, equal distances by id. */
    private List<Hit> hits(View view, Metric metric, int found, int k) {
        List<Hit> hits = new ArrayList<>(Math.min(found, k) + 1);
        for (int i = 0; i < found; i++) {
            long key = keys[i];
            if (i >= k && key >> 32 != keys[k - 1] >> 32) {
                break;
            }
            int ordinal = (int) key;
            float distance = view.scorer.distance(Scorer.unsortable((int) (key >> 32)));
            hits.add(
                    new Hit(
                            view.slab.id(ordinal),
                            view.slab.born(ordinal),
                            distance,
                            metric.score(distance)));
        }
        hits.sort(BY_DISTANCE_THEN_ID);
        return hits.size() > k ? hits.subList(0, k) : hits;
    }

    /** Whether the scratch is small enough to be kept for the next search. */
    boolean worthKeeping() {
        return walk.heldWords() + 2 * keys.length <= MOST_WORDS_KEPT;
    }
}
