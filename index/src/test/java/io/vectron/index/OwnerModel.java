package io.vectron.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The owner of an index as a worker is one: knows points, recent rows and deaths, and after a crash
 * is as it was at some position between the last that was made durable and the last of all.
 */
final class OwnerModel implements IndexOwner {

    /** A point. */
    private record Point(long version, DenseVector vector) {}

    private record State(
            Map<String, Point> points, TreeMap<Long, String> recent, TreeMap<Long, Long> deaths) {

        State copy() {
            return new State(new HashMap<>(points), new TreeMap<>(recent), new TreeMap<>(deaths));
        }
    }

    private final Map<Long, State> published = new TreeMap<>(); // since the last durable one
    private final AtomicInteger failures = new AtomicInteger(); // calls that will fail
    private State state = new State(new HashMap<>(), new TreeMap<>(), new TreeMap<>());
    private long durable;

    OwnerModel() {
        published.put(0L, state.copy());
    }

    /** Some of the next calls of the index fail. */
    void failNext(int calls) {
        failures.set(calls);
    }

    synchronized void upsert(VectorIndex index, String id, long version, float[] vector) {
        Point former = state.points().put(id, new Point(version, DenseVector.of(vector)));
        state.recent().put(version, id);
        index.upsert(id, version, vector, dies(former, version));
    }

    synchronized void delete(VectorIndex index, String id, long offset) {
        Point former = state.points().remove(id);
        if (former != null) {
            index.delete(dies(former, offset), offset);
        }
    }

    private long dies(@Nullable Point former, long at) {
        if (former == null) {
            return VectorIndex.NONE;
        }
        state.recent().remove(former.version());
        state.deaths().put(former.version(), at);
        return former.version();
    }

    synchronized void publish(VectorIndex index, long position) {
        published.put(position, state.copy());
        index.publish(position);
    }

    @Override
    public synchronized void makeDurable(long position) throws IOException {
        failIfAsked();
        long last = published.keySet().stream().max(Long::compare).orElseThrow();
        if (last < position) {
            throw new AssertionError("position " + position + " was never published");
        }
        durable = last;
        published.keySet().removeIf(older -> older < last);
    }

    @Override
    public synchronized void sealed(long version) throws IOException {
        failIfAsked();
        state.recent().headMap(version).clear();
    }

    @Override
    public synchronized void forgetDeaths(long from, long to, long before) throws IOException {
        failIfAsked();
        state.deaths().subMap(from, to).values().removeIf(death -> death < before);
    }

    private void failIfAsked() throws IOException {
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IOException("planted");
        }
    }

    /** What the last crash left, at a position that is answered. */
    synchronized long crash(Random random) {
        failures.set(0);
        List<Long> positions = new ArrayList<>(published.keySet());
        long survived = positions.get(random.nextInt(positions.size()));
        state = Objects.requireNonNull(published.get(survived)).copy();
        published.keySet().removeIf(other -> other > survived);
        if (survived < durable) {
            throw new AssertionError("lost what was durable");
        }
        return survived;
    }

    /** Brings back what the index asks for. */
    synchronized void restore(VectorIndex index, long position) {
        state.deaths().forEach(index::restoreDeath);
        state.recent()
                .tailMap(index.restoreFrom())
                .forEach((version, id) -> {
                    Point point = state.points().get(id);
                    if (point != null && point.version() == version) {
                        index.restoreRow(id, version, point.vector().toArray());
                    }
                });
        index.publish(position);
    }

    /** Rows the store has. */
    synchronized int points() {
        return state.points().size();
    }

    /** Rows to be restored and deaths to be told at the next opening. */
    synchronized int kept() {
        return state.recent().size() + state.deaths().size();
    }
}
