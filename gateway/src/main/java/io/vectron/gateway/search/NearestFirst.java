package io.vectron.gateway.search;

import io.vectron.proto.worker.v1.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Merges the results of shards: nearest first, equal distances by id. */
public final class NearestFirst {

    // Adding zero makes -0 into 0: they are equal distances.
    private static final Comparator<Hit> ORDER =
            Comparator.<Hit>comparingDouble(hit -> hit.getDistance() + 0.0f)
                    .thenComparing(Hit::getId);

    private NearestFirst() {}

    /**
     * The best of all.
     *
     * @param shards results of each shard, in any order
     * @param topK how many at most
     */
    public static List<Hit> merge(List<List<Hit>> shards, int topK) {
        // Holds the best so far, the worst of them on top; never more than topK.
        PriorityQueue<Hit> best = new PriorityQueue<>(ORDER.reversed());
        for (List<Hit> hits : shards) {
            for (Hit hit : hits) {
                if (best.size() < topK) {
                    best.add(hit);
                } else if (ORDER.compare(hit, best.element()) < 0) {
                    best.remove();
                    best.add(hit);
                }
            }
        }
        List<Hit> merged = new ArrayList<>(best);
        merged.sort(ORDER);
        return merged;
    }
}
