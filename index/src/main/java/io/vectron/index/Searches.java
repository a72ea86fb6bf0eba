package io.vectron.index;

import io.vectron.index.vector.Scorer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Scratch for the searches of one index: made when needed, kept for the next ones. Any thread. */
final class Searches {

    private final IndexSpec spec;
    private final Scorer scorer;
    private final BlockingQueue<Searcher> idle =
            new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());

    Searches(IndexSpec spec, Scorer scorer) {
        this.spec = spec;
        this.scorer = scorer;
    }

    /** The nearest rows of a snapshot, which stays open meanwhile. */
    SearchResult search(Snapshot snapshot, SearchQuery query, Helpers helpers) {
        Searcher searcher = take();
        SearchResult result =
                new SharedSearch(this, snapshot, query, spec).search(searcher, helpers);
        giveBack(searcher);
        return result;
    }

    /** Scratch without results. */
    Searcher take() {
        Searcher kept = idle.poll();
        Searcher searcher = kept == null ? new Searcher(spec, scorer) : kept;
        searcher.clear();
        return searcher;
    }

    void giveBack(Searcher searcher) {
        if (searcher.worthKeeping()) {
            idle.offer(searcher); // refused if enough of them wait already
        }
    }
}
