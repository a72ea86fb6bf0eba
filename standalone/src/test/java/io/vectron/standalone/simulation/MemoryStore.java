package io.vectron.standalone.simulation;

import io.vectron.common.digest.Digest;
import io.vectron.worker.shard.PointStore;
import io.vectron.worker.shard.PointView;
import io.vectron.worker.shard.RowMark;
import io.vectron.worker.shard.ShardState;
import io.vectron.worker.shard.StoreWrite;
import io.vectron.worker.shard.StoredRow;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rows that survive a crash only as far as they were flushed, like RocksDB without its log. */
final class MemoryStore implements PointStore {
    private Contents live = new Contents();
    private Contents flushed = new Contents();

    /** All that is stored; one that is shared is never changed. */
    static final class Contents {
        final TreeMap<String, StoredRow> rows = new TreeMap<>();
        private final TreeMap<Long, String> recent = new TreeMap<>();
        private final TreeMap<Long, Long> deaths = new TreeMap<>();
        private @Nullable ShardState state;
        private Digest digest = Digest.EMPTY;

        /** One that others may change. */
        Contents copy() {
            Contents copy = new Contents();
            copy.rows.putAll(rows);
            copy.recent.putAll(recent);
            copy.deaths.putAll(deaths);
            copy.state = state;
            copy.digest = digest;
            return copy;
        }

        /** Adds what another one has and this one has not. */
        void keep(Contents older) {
            older.rows.forEach(rows::putIfAbsent);
            older.recent.forEach(recent::putIfAbsent);
        }

        /** Takes a row away, its traces for the index as well. */
        void lose(StoredRow row) {
            rows.remove(row.id());
            recent.remove(row.version());
        }
    }

    @Override
    public void makeDurable() {
        flushed = live.copy();
    }

    /** All that is there, to be kept; never changed. */
    Contents contents() {
        return live.copy();
    }

    /** Puts other contents in the place of these, durably. */
    void replace(Contents contents) {
        flushed = contents;
        live = contents.copy();
    }

    /** Loses what was not flushed. */
    void crash() {
        live = flushed.copy();
    }

    /** A fault: changes a row without telling anybody. */
    void change(Consumer<Map<String, StoredRow>> change) {
        change.accept(live.rows);
        flushed = flushed.copy(); // a checkpoint may share it
        change.accept(flushed.rows);
    }

    /** The rows. */
    Map<String, StoredRow> rows() {
        return live.rows;
    }

    /** The digest as maintained. */
    Digest digest() {
        return live.digest;
    }

    @Override
    public Map<String, RowMark> marks(Collection<String> ids) {
        Map<String, RowMark> marks = new HashMap<>();
        for (String id : ids) {
            StoredRow row = live.rows.get(id);
            if (row != null) {
                marks.put(id, row.mark());
            }
        }
        return marks;
    }

    @Override
    public void write(StoreWrite write) {
        for (StoreWrite.RowChange change : write.changes()) {
            switch (change) {
                case StoreWrite.RowChange.Put(var row, var former) -> {
                    live.rows.put(row.id(), row);
                    live.recent.put(row.version(), row.id());
                    if (former != null) {
                        live.recent.remove(former.version());
                        live.deaths.put(former.version(), row.version());
                    }
                }
                case StoreWrite.RowChange.Remove(var id, var offset, var former) -> {
                    live.rows.remove(id);
                    live.recent.remove(former.version());
                    live.deaths.put(former.version(), offset);
                }
            }
        }
        live.state = write.state();
        live.digest = write.digest();
    }

    @Override
    public void forgetRecent(long version) {
        live.recent.headMap(version).clear();
    }

    @Override
    public void forgetDeaths(long from, long to, long before) {
        live.deaths.subMap(from, to).values().removeIf(offset -> offset < before);
    }

    @Override
    public PointView view() {
        return new View(live.copy());
    }

    @Override
    public void close() {}

    /** An unmoving state. */
    private record View(Contents contents) implements PointView {
        @Override
        public @Nullable ShardState state() {
            return contents.state;
        }

        @Override
        public Digest digest() {
            return contents.digest;
        }

        @Override
        public Map<String, StoredRow> rows(Collection<String> ids) {
            Map<String, StoredRow> found = new LinkedHashMap<>();
            for (String id : ids) {
                StoredRow row = contents.rows.get(id);
                if (row != null) {
                    found.put(id, row);
                }
            }
            return found;
        }

        @Override
        public void scan(RowVisitor visitor) throws IOException {
            for (StoredRow row : contents.rows.values()) {
                if (!visitor.visit(row)) {
                    return;
                }
            }
        }

        @Override
        public void recent(long from, RowVisitor visitor) throws IOException {
            for (Map.Entry<Long, String> e : contents.recent.tailMap(from, true).entrySet()) {
                StoredRow row = contents.rows.get(e.getValue());
                if (row != null && row.version() == e.getKey() && !visitor.visit(row)) {
                    return;
                }
            }
        }

        @Override
        public void deaths(DeathVisitor visitor) throws IOException {
            for (Map.Entry<Long, Long> e : contents.deaths.entrySet()) {
                visitor.visit(e.getKey(), e.getValue());
            }
        }

        @Override
        public void close() {}
    }
}
