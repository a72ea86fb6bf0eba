package io.vectron.index;

import io.vectron.index.SearchResult.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What an index must answer: maps of rows by published position, searched by brute force.
 *
 * <p>Vectors are drawn so that float arithmetic on them is exact (small integers; for cosine ±1 in
 * 1, 4, 16 or 64 dimensions). So answers must agree to the last bit, and distances tie all the
 * time.
 */
final class IndexModel {

    record Row(long version, DenseVector vector) {}

    private final Metric metric;
    private final Map<String, Row> pending = new HashMap<>();
    private final Map<Long, Map<String, Row>> published = new ConcurrentHashMap<>();

    IndexModel(Metric metric) {
        this.metric = metric;
        published.put(0L, Map.of());
    }

    static int dimension(Random random, Metric metric) {
        return metric == Metric.COSINE ? 1 << (2 * random.nextInt(4)) : 1 + random.nextInt(40);
    }

    static float[] vector(Random random, Metric metric, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] =
                    metric == Metric.COSINE
                            ? (random.nextBoolean() ? 1 : -1)
                            : random.nextInt(9) - 4;
        }
        return vector;
    }

    void upsert(String id, long version, float[] vector) {
        pending.put(id, new Row(version, DenseVector.of(vector)));
    }

    void delete(String id) {
        pending.remove(id);
    }

    void publish(long position) {
        published.put(position, Map.copyOf(pending));
    }

    /** The hits an exact search must return at a position. */
    List<Hit> expected(long position, SearchQuery query) {
        List<Hit> hits = new ArrayList<>();
        state(position).forEach((id, row) -> hits.add(hit(id, row, query)));
        hits.sort(Comparator.comparingDouble(Hit::distance).thenComparing(Hit::id));
        return hits.subList(0, Math.min(query.topK(), hits.size()));
    }

    private Map<String, Row> state(long position) {
        Map<String, Row> state = published.get(position);
        if (state == null) {
            throw new AssertionError("answer of a position never published: " + position);
        }
        return state;
    }

    private Hit hit(String id, Row row, SearchQuery query) {
        float distance = distance(row.vector().values(), query.vector().values());
        return new Hit(id, row.version(), distance, metric.score(distance));
    }

    private float distance(float[] a, float[] b) {
        double dot = 0;
        double squares = 0;
        double normA = 0;
        double normB = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            squares += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
            normA += (double) a[i] * a[i];
            normB += (double) b[i] * b[i];
        }
        return switch (metric) {
            case COSINE -> (float) (1 - dot / Math.sqrt(normA * normB));
            case DOT -> (float) (0 - dot);
            case EUCLIDEAN -> (float) Math.sqrt(squares);
        };
    }

    /** Fails unless the answer is what the state at its position allows. */
    void check(SearchQuery query, SearchResult result) {
        List<Hit> expected = expected(result.position(), query);
        if (query.exact()) {
            if (!expected.equals(result.hits())) {
                throw new AssertionError(
                        "at W=%d expected %s but got %s"
                                .formatted(result.position(), expected, result.hits()));
            }
            return;
        }
        checkApproximate(query, result);
    }

    /** Every hit is a live row as of W, once, in order; only recall may be less than all. */
    private void checkApproximate(SearchQuery query, SearchResult result) {
        Map<String, Row> state = state(result.position());
        List<Hit> hits = result.hits();
        for (int i = 0; i < hits.size(); i++) {
            Hit hit = hits.get(i);
            Row row = state.get(hit.id());
            if (row == null || !hit(hit.id(), row, query).equals(hit)) {
                throw new AssertionError(
                        "at W=%d got %s for %s".formatted(result.position(), hit, row));
            }
            if (i > 0) {
                Hit former = hits.get(i - 1);
                int order = Float.compare(former.distance(), hit.distance());
                if (order > 0 || (order == 0 && former.id().compareTo(hit.id()) >= 0)) {
                    throw new AssertionError("out of order: " + former + ", " + hit);
                }
            }
        }
        if (hits.size() > query.topK()) {
            throw new AssertionError("more than topK: " + hits.size());
        }
    }

    /** Hits among the expected ones; for recall. */
    static int found(List<Hit> expected, List<Hit> hits) {
        // A row as near as the worst expected one is as good as that.
        float worst = expected.isEmpty() ? 0 : expected.getLast().distance();
        return (int) hits.stream().filter(hit -> hit.distance() <= worst).count();
    }
}
