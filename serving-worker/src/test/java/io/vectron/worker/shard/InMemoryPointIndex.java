package io.vectron.worker.shard;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A {@link PointIndex} that keeps every row with its born and dead positions and searches by
 * looking at each. What is sealed outlives it, without the deaths. Passes the same contract test as
 * the real one.
 */
public final class InMemoryPointIndex implements PointIndex {
    private static final long LIVE = Long.MAX_VALUE;

    private static final class Row {
        private final String id;
        private final long version;
        private final float[] vector;
        private long dead = LIVE;

        private Row(String id, long version, float[] vector) {
            this.id = id;
            this.version = version;
            this.vector = vector.clone();
        }

        private Row live() {
            return new Row(id, version, vector);
        }

        private boolean isSeenAt(long position) {
            return version < position && position <= dead;
        }
    }

    /** What outlives a process: rows, and up to where nothing is missing. */
    public static final class Files {
        private Map<Long, Row> rows = new TreeMap<>();
        private long to;
    }

    /** A row found: nearer is better. */
    public record Found(String id, long version, double squaredDistance) {}

    private final Files files;
    private final TreeMap<Long, Row> rows = new TreeMap<>();
    private long position;
    private long cut;

    /** An index that nothing outlived. */
    public InMemoryPointIndex() {
        this(new Files());
    }

    /** An index with the rows that outlived an earlier one. */
    public InMemoryPointIndex(Files files) {
        this.files = files;
        cut = files.to;
        files.rows.forEach((version, row) -> rows.put(version, row.live()));
    }

    @Override
    public synchronized long restoreFrom() {
        return files.to;
    }

    @Override
    public synchronized void restoreDeath(long version, long offset) {
        requireUnpublished();
        Row row = rows.get(version);
        if (row != null && version < files.to) {
            row.dead = offset;
        }
    }

    @Override
    public synchronized void restore(String id, long version, float[] vector) {
        requireUnpublished();
        append(id, version, vector);
    }

    private void requireUnpublished() {
        if (position != 0) {
            throw new IllegalStateException("restored after the first publication");
        }
    }

    @Override
    public synchronized void upsert(String id, long version, float[] vector, long superseded) {
        requireAhead(version);
        append(id, version, vector);
        if (superseded != NONE) {
            markDead(superseded, version);
        }
    }

    private void append(String id, long version, float[] vector) {
        long highest = rows.isEmpty() ? NONE : rows.lastKey();
        if (version <= Math.max(highest, files.to - 1)) {
            throw new IllegalArgumentException(version + " is not above " + highest);
        }
        rows.put(version, new Row(id, version, vector));
    }

    @Override
    public synchronized void delete(long superseded, long offset) {
        requireAhead(offset);
        markDead(superseded, offset);
    }

    private void markDead(long version, long at) {
        Row row = rows.get(version);
        if (row == null || row.dead != LIVE) {
            throw new IllegalStateException("no live row of version " + version);
        }
        row.dead = at;
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

    @Override
    public synchronized void cut() {
        cut = rows.isEmpty() ? cut : rows.lastKey() + 1;
    }

    /**
     * Makes the rows before the cut outlive this index, but for those that are dead at the
     * position; the store must have made it durable. Then they need no longer be restored.
     */
    public synchronized void seal() {
        Map<Long, Row> kept = new TreeMap<>();
        for (Row row : rows.headMap(cut).values()) {
            if (row.isSeenAt(position)) {
                kept.put(row.version, row);
            }
        }
        files.rows = kept;
        files.to = cut;
    }

    /** The published position. */
    public synchronized long position() {
        return position;
    }

    /** Version of each id that a search can see. */
    public synchronized Map<String, Long> visible() {
        Map<String, Long> visible = new HashMap<>();
        for (Row row : seen()) {
            Long other = visible.put(row.id, row.version);
            if (other != null) {
                throw new AssertionError(row.id + " is seen twice");
            }
        }
        return visible;
    }

    /** The nearest rows that a search can see, by euclidean distance, ties by id. */
    public synchronized List<Found> search(float[] query, int topK) {
        return seen().stream()
                .map(row -> new Found(row.id, row.version, squared(query, row.vector)))
                .sorted(Comparator.comparingDouble(Found::squaredDistance).thenComparing(Found::id))
                .limit(topK)
                .toList();
    }

    private Collection<Row> seen() {
        return rows.values().stream().filter(row -> row.isSeenAt(position)).toList();
    }

    private static double squared(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }
}
