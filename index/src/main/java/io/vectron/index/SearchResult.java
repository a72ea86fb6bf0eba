package io.vectron.index;

import java.util.List;
import java.util.Objects;

/**
 * The answer to one search: the state at one position.
 *
 * @param position the watermark W: every record below it is taken into account, none at or above it
 * @param hits nearest first, ties by id; at most topK
 * @param visited rows whose distance was computed
 */
public record SearchResult(long position, List<Hit> hits, int visited) {

    /** Refuses negative counts. */
    public SearchResult {
        if (position < 0 || visited < 0) {
            throw new IllegalArgumentException(
                    "negative position or count: " + position + ", " + visited);
        }
        hits = List.copyOf(hits);
    }

    /**
     * One row found.
     *
     * @param id the point
     * @param version offset of the record that wrote it
     * @param distance as the metric defines it, lower is nearer
     * @param score as the metric defines it, higher is better
     */
    public record Hit(String id, long version, float distance, float score) {
        /** Refuses a hit without an id. */
        public Hit {
            Objects.requireNonNull(id, "id");
        }
    }
}
