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
import org.jspecify.annotations.Nullable;

/** Rows that survive a crash only as far as they were flushed, like RocksDB without its log. */
final class MemoryStore implements PointStore {
    private Contents live = Contents.NOTHING;
    private Contents flushed = Contents.NOTHING;

    /** One state of the store; its maps are never changed. */
    private record Contents(
            Map<String, StoredRow> rows, @Nullable ShardState state, Digest digest) {
        static final Contents NOTHING = new Contents(Map.of(), null, Digest.EMPTY);
    }

    /** Makes what is written so far durable. */
    void flush() {
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
        live = new Contents(rows, live.state(), live.digest());
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
        for (StoreWrite.RowChange change : write.changes()) {
            switch (change) {
                case StoreWrite.RowChange.Put put -> rows.put(put.row().id(), put.row());
                case StoreWrite.RowChange.Remove remove -> rows.remove(remove.id());
            }
        }
        live = new Contents(rows, write.state(), write.digest());
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
                visitor.visit(row);
            }
        }

        @Override
        public void close() {}
    }
}
