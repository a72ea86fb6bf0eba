package io.vectron.standalone.simulation;

import io.vectron.worker.shard.PointIndex;
import java.util.Map;
import java.util.TreeMap;

/** What searches would see: changes are hidden until they are published. */
class SimulatedIndex implements PointIndex {
    /** Hears of each published position, together with what is visible at it. */
    interface Watcher {
        void published(long position, Map<String, Long> visible);
    }

    private final Watcher watcher;
    private final Map<Long, String> rows = new TreeMap<>(); // by version

    SimulatedIndex(Watcher watcher) {
        this.watcher = watcher;
    }

    /** Everything is in memory: all of it is restored. */
    @Override
    public long restoreFrom() {
        return 0;
    }

    /** Of rows that are not restored. */
    @Override
    public void restoreDeath(long version, long offset) {}

    @Override
    public void restore(String id, long version, float[] vector) {
        rows.put(version, id);
    }

    @Override
    public void upsert(String id, long version, float[] vector, long superseded) {
        rows.remove(superseded);
        rows.put(version, id);
    }

    @Override
    public void delete(long superseded, long offset) {
        rows.remove(superseded);
    }

    @Override
    public void publish(long position) {
        Map<String, Long> visible = new TreeMap<>();
        rows.forEach((version, id) -> visible.put(id, version));
        watcher.published(position, visible);
    }

    /** There are no segments. */
    @Override
    public void cut() {}

    /** A planted bug: the watermark is published before the rows are there. */
    static final class PublishesEarly extends SimulatedIndex {
        PublishesEarly(Watcher watcher) {
            super(watcher);
        }

        @Override
        public void upsert(String id, long version, float[] vector, long superseded) {
            publish(version + 1);
            super.upsert(id, version, vector, superseded);
        }
    }
}
