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
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;

/** A RocksDB snapshot; owns it. Taking one costs a few microseconds and copies nothing. */
final class RocksPointView implements PointView {
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
        List<ColumnFamilyHandle> tables =
                Collections.nCopies(keys.size(), database.handle(Table.POINTS));
        List<byte[]> values;
        try {
            values = database.db().multiGetAsList(options, tables, keys);
        } catch (RocksDBException e) {
            throw RocksDatabase.failure("cannot read rows", e);
        }
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
                visitor.visit(RowCodec.decode(new String(rows.key(), UTF_8), rows.value()));
            }
            rows.status();
        } catch (RocksDBException e) {
            throw RocksDatabase.failure("cannot scan rows", e);
        }
    }

    @Override
    public void close() {
        options.close();
        database.db().releaseSnapshot(snapshot);
        snapshot.close();
    }
}
