package io.vectron.worker.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.digest.Digest;
import io.vectron.worker.shard.PointView;
import io.vectron.worker.shard.ShardState;
import io.vectron.worker.shard.StoredRow;
import io.vectron.worker.storage.RocksDatabase.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;

/** A RocksDB snapshot; owns it. Taking one costs a few microseconds and copies nothing. */
final class RocksPointView implements PointView {
    private static final int ROWS_AT_ONCE = 64; // of at most 900 KiB each

    /** An entry of the table of recent rows. */
    private record Recent(String id, long version) {}

    private final RocksDatabase database;
    private final Snapshot snapshot;
    private final ReadOptions options;

    RocksPointView(RocksDatabase database) {
        this.database = database;
        this.snapshot = database.db().getSnapshot();
        this.options = new ReadOptions().setSnapshot(snapshot);
    }

    @Override
    public @Nullable ShardState state() throws IOException {
        byte[] state = meta(RocksPointStore.STATE_KEY);
        return state == null ? null : StateCodec.decode(state);
    }

    @Override
    public Digest digest() throws IOException {
        byte[] digest = meta(RocksPointStore.DIGEST_KEY);
        return digest == null ? Digest.EMPTY : Digest.fromBytes(digest);
    }

    private byte @Nullable [] meta(byte[] key) throws IOException {
        try {
            return database.db().get(database.handle(Table.META), options, key);
        } catch (RocksDBException e) {
            throw RocksDatabase.failure("cannot read the state", e);
        }
    }

    @Override
    public Map<String, StoredRow> rows(Collection<String> ids) throws IOException {
        Map<String, StoredRow> rows = HashMap.newHashMap(ids.size());
        if (ids.isEmpty()) {
            return rows;
        }
        List<String> order = List.copyOf(ids);
        List<byte[]> keys = new ArrayList<>(order.size());
        order.forEach(id -> keys.add(id.getBytes(UTF_8)));
        List<byte @Nullable []> values = database.get(Table.POINTS, options, keys);
        for (int i = 0; i < values.size(); i++) {
            byte[] value = values.get(i);
            if (value != null) {
                rows.put(order.get(i), RowCodec.decode(order.get(i), value));
            }
        }
        return rows;
    }

    @Override
    public void scan(RowVisitor visitor) throws IOException {
        // A scan reads every block once: it must not push the hot ones out of the cache.
        try (ReadOptions once =
                        new ReadOptions()
                                .setSnapshot(snapshot)
                                .setFillCache(false)
                                .setReadaheadSize(2 << 20);
                RocksIterator rows =
                        database.db().newIterator(database.handle(Table.POINTS), once)) {
            for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                if (!visitor.visit(RowCodec.decode(new String(rows.key(), UTF_8), rows.value()))) {
                    return;
                }
            }
            rows.status();
        } catch (RocksDBException e) {
            throw RocksDatabase.failure("cannot scan rows", e);
        }
    }

    @Override
    public void recent(long from, RowVisitor visitor) throws IOException {
        List<Recent> batch = new ArrayList<>(ROWS_AT_ONCE);
        try (RocksIterator versions =
                database.db().newIterator(database.handle(Table.RECENT), options)) {
            boolean more = true;
            versions.seek(RowCodec.versionKey(Math.max(0, from)));
            while (more && versions.isValid()) {
                batch.add(
                        new Recent(
                                new String(versions.value(), UTF_8),
                                RowCodec.version(versions.key())));
                versions.next();
                if (batch.size() == ROWS_AT_ONCE || !versions.isValid()) {
                    more = visit(batch, visitor);
                    batch.clear();
                }
            }
            versions.status();
        } catch (RocksDBException e) {
            throw RocksDatabase.failure("cannot read recent rows", e);
        }
    }

    /** Those of the rows that have the version they should have. */
    private boolean visit(List<Recent> batch, RowVisitor visitor) throws IOException {
        Map<String, StoredRow> rows = rows(batch.stream().map(Recent::id).toList());
        for (Recent recent : batch) {
            StoredRow row = rows.get(recent.id());
            if (row != null && row.version() == recent.version() && !visitor.visit(row)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void deaths(DeathVisitor visitor) throws IOException {
        try (RocksIterator deaths =
                database.db().newIterator(database.handle(Table.DEAD), options)) {
            for (deaths.seekToFirst(); deaths.isValid(); deaths.next()) {
                visitor.visit(RowCodec.version(deaths.key()), RowCodec.version(deaths.value()));
            }
            deaths.status();
        } catch (RocksDBException e) {
            throw RocksDatabase.failure("cannot read deaths", e);
        }
    }

    @Override
    public void close() {
        options.close();
        database.db().releaseSnapshot(snapshot);
        snapshot.close();
    }
}
