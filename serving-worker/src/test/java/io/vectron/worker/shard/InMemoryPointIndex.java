package io.vectron.worker.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@link PointIndex} that keeps every row with its born and dead positions and searches by
 * looking at each. Passes the same contract test as the real one.
 */
public final class InMemoryPointIndex implements PointIndex {
    private static final class Row {
        private final String id;
        private final long born;
        private final float[] vector;
        private long dead = Long.MAX_VALUE;

        private Row(String id, long born, float[] vector) {
            this.id = id;
            this.born = born;
            this.vector = vector.clone();
        }
    }

    /** A row found: nearer is better. */
    public record Found(String id, long version, double squaredDistance) {}

    private final int capacity;
    private final List<Row> rows = new ArrayList<>();
    private final Map<String, Row> live = new HashMap<>();
    private long position;

    /** An index without a limit. */
    public InMemoryPointIndex() {
        this(Integer.MAX_VALUE);
    }

    public InMemoryPointIndex(int capacity) {
        this.capacity = capacity;
    }

    @Override
    public synchronized boolean hasRoom(int more) {
        return rows.size() + (long) more <= capacity;
    }

    @Override
    public synchronized void restore(String id, long version, float[] vector) {
        if (position != 0) {
            throw new IllegalStateException("restored after the first publication");
        }
        upsert(id, version, vector);
    }

    @Override
    public synchronized void upsert(String id, long version, float[] vector) {
        requireAhead(version);
        Row row = new Row(id, version, vector);
        rows.add(row);
        Row former = live.put(id, row);
        if (former != null) {
            former.dead = version;
        }
    }

    @Override
    public synchronized void delete(String id, long offset) {
        requireAhead(offset);
        Row former = live.remove(id);
        if (former != null) {
            former.dead = offset;
        }
    }

    private void requireAhead(long offset) {
        if (offset < position) {
            throw new IllegalArgumentException(offset + " is below the position " + position);
        }
    }

    @Override
    public synchronized void publish(long newPosition) {
        if (newPosition < position) {
            throw new IllegalArgumentException("falls from " + position + " to " + newPosition);
        }
        position = newPosition;
    }

    /** The published position. */
    public synchronized long position() {
        return position;
    }

    /** Version of each id that a search can see. */
    public synchronized Map<String, Long> visible() {
        Map<String, Long> visible = new HashMap<>();
        for (Row row : rows) {
            if (row.born < position && position <= row.dead) {
                visible.put(row.id, row.born);
            }
        }
        return visible;
    }

    /** The nearest rows that a search can see, by euclidean distance, ties by id. */
    public synchronized List<Found> search(float[] query, int topK) {
        return rows.stream()
                .filter(row -> row.born < position && position <= row.dead)
                .map(row -> new Found(row.id, row.born, squared(query, row.vector)))
                .sorted(Comparator.comparingDouble(Found::squaredDistance).thenComparing(Found::id))
                .limit(topK)
                .toList();
    }

    private static double squared(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }
}
