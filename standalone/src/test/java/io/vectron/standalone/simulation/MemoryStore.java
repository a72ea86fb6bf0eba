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
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rows that survive a crash only as far as they were flushed, like RocksDB without its log. */
final class MemoryStore implements PointStore {
    private Contents live = Contents.NOTHING;
    private Contents flushed = Contents.NOTHING;

    /** One state of the store; its maps are never changed. */
    private record Contents(
            Map<String, StoredRow> rows,
            NavigableMap<Long, String> recent,
            Map<Long, Long> deaths,
            @Nullable ShardState state,
            Digest digest) {
        static final Contents NOTHING =
                new Contents(
                        Map.of(), Collections.emptyNavigableMap(), Map.of(), null, Digest.EMPTY);
    }

    @Override
    public void makeDurable() {
        flushed = live;
    }

    /** Loses what was not flushed. */
    void crash() {
        live = flushed;
    }

    /** Forgets everything, as on a new disk. */
    void wipe() {
        live = Contents.NOTHING;
        flushed = Contents.NOTHING;
    }

    /** A fault: takes a row away without telling anybody. */
    boolean lose(String id) {
        Map<String, StoredRow> rows = new TreeMap<>(live.rows());
        boolean lost = rows.remove(id) != null;
        live = new Contents(rows, live.recent(), live.deaths(), live.state(), live.digest());
        return lost;
    }

    /** Version of each row. */
    Map<String, Long> versions() {
        Map<String, Long> versions = new TreeMap<>();
        live.rows().forEach((id, row) -> versions.put(id, row.version()));
        return versions;
    }

    /** The digest as maintained. */
    Digest digest() {
        return live.digest();
    }

    /** The rows. */
    Collection<StoredRow> rows() {
        return live.rows().values();
    }

    @Override
    public Map<String, RowMark> marks(Collection<String> ids) {
        Map<String, RowMark> marks = new HashMap<>();
        for (String id : ids) {
            StoredRow row = live.rows().get(id);
            if (row != null) {
                marks.put(id, row.mark());
            }
        }
        return marks;
    }

    @Override
    public void write(StoreWrite write) {
        Map<String, StoredRow> rows = new TreeMap<>(live.rows());
        NavigableMap<Long, String> recent = new TreeMap<>(live.recent());
        Map<Long, Long> deaths = new TreeMap<>(live.deaths());
        for (StoreWrite.RowChange change : write.changes()) {
            switch (change) {
                case StoreWrite.RowChange.Put(var row, var former) -> {
                    rows.put(row.id(), row);
                    recent.put(row.version(), row.id());
                    if (former != null) {
                        recent.remove(former.version());
                        deaths.put(former.version(), row.version());
                    }
                }
                case StoreWrite.RowChange.Remove(var id, var offset, var former) -> {
                    rows.remove(id);
                    recent.remove(former.version());
                    deaths.put(former.version(), offset);
                }
            }
        }
        live = new Contents(rows, recent, deaths, write.state(), write.digest());
    }

    @Override
    public void forgetRecent(long version) {
        NavigableMap<Long, String> recent = new TreeMap<>(live.recent());
        recent.headMap(version).clear();
        live = new Contents(live.rows(), recent, live.deaths(), live.state(), live.digest());
    }

    @Override
    public void forgetDeaths(long from, long to, long before) {
        Map<Long, Long> deaths = new TreeMap<>(live.deaths());
        deaths.entrySet()
                .removeIf(it -> it.getKey() >= from && it.getKey() < to && it.getValue() < before);
        live = new Contents(live.rows(), live.recent(), deaths, live.state(), live.digest());
    }

    @Override
    public PointView view() {
        return new View(live);
    }

    @Override
    public void close() {}

    /** An unmoving state. */
    private record View(Contents contents) implements PointView {
        @Override
        public @Nullable ShardState state() {
            return contents.state();
        }

        @Override
        public Digest digest() {
            return contents.digest();
        }

        @Override
        public Map<String, StoredRow> rows(Collection<String> ids) {
            Map<String, StoredRow> found = new LinkedHashMap<>();
            for (String id : ids) {
                StoredRow row = contents.rows().get(id);
                if (row != null) {
                    found.put(id, row);
                }
            }
            return found;
        }

        @Override
        public void scan(RowVisitor visitor) throws IOException {
            for (StoredRow row : contents.rows().values()) {
                if (!visitor.visit(row)) {
                    return;
                }
            }
        }

        @Override
        public void recent(long from, RowVisitor visitor) throws IOException {
            for (Map.Entry<Long, String> e : contents.recent().tailMap(from, true).entrySet()) {
                StoredRow row = contents.rows().get(e.getValue());
                if (row != null && row.version() == e.getKey() && !visitor.visit(row)) {
                    return;
                }
            }
        }

        @Override
        public void deaths(DeathVisitor visitor) throws IOException {
            for (Map.Entry<Long, Long> e : contents.deaths().entrySet()) {
                visitor.visit(e.getKey(), e.getValue());
            }
        }

        @Override
        public void close() {}
    }
}
