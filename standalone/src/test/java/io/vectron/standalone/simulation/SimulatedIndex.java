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
    private final Map<String, Long> rows = new TreeMap<>();

    SimulatedIndex(Watcher watcher) {
        this.watcher = watcher;
    }

    @Override
    public boolean hasRoom(int more) {
        return true;
    }

    @Override
    public void restore(String id, long version, float[] vector) {
        rows.put(id, version);
    }

    @Override
    public void upsert(String id, long version, float[] vector) {
        rows.put(id, version);
    }

    @Override
    public void delete(String id, long offset) {
        rows.remove(id);
    }

    @Override
    public void publish(long position) {
        watcher.published(position, new TreeMap<>(rows));
    }

    /** A planted bug: the watermark is published before the rows are there. */
    static final class PublishesEarly extends SimulatedIndex {
        PublishesEarly(Watcher watcher) {
            super(watcher);
        }

        @Override
        public void upsert(String id, long version, float[] vector) {
            publish(version + 1);
            super.upsert(id, version, vector);
        }
    }
}
