package io.vectron.worker.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.worker.shard.PointStore;
import io.vectron.worker.shard.PointView;
import io.vectron.worker.shard.RowMark;
import io.vectron.worker.shard.StoreWrite;
import io.vectron.worker.shard.StoreWrite.RowChange;
import io.vectron.worker.storage.RocksDatabase.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * The rows of one shard in a RocksDB database of their own.
 *
 * <p>A {@link #write} is one atomic batch without RocksDB's log. After a crash the store is as it
 * was after some earlier write; the Raft position in its state says which, and the entries after it
 * are applied again.
 */
public final class RocksPointStore implements PointStore {
    static final byte[] STATE_KEY = "state".getBytes(UTF_8);
    static final byte[] DIGEST_KEY = "digest".getBytes(UTF_8);

    private static final int FORGOTTEN_AT_ONCE = 4_096; // bounds the batch's memory

    private final RocksDatabase database;

    private RocksPointStore(RocksDatabase database) {
        this.database = database;
    }

    /**
     * Opens or creates the store in a folder, which exists and which no other store has open.
     *
     * @param resources shared; the caller closes them after the store
     * @throws IOException if the folder cannot be read or has a newer format
     */
    public static RocksPointStore open(Path folder, RocksResources resources) throws IOException {
        return new RocksPointStore(RocksDatabase.open(folder, resources));
    }

    @Override
    public Map<String, RowMark> marks(Collection<String> ids) throws IOException {
        Map<String, RowMark> marks = HashMap.newHashMap(ids.size());
        if (ids.isEmpty()) {
            return marks;
        }
        List<String> order = List.copyOf(ids);
        List<byte[]> keys = new ArrayList<>(order.size());
        order.forEach(id -> keys.add(id.getBytes(UTF_8)));
        List<byte @Nullable []> values;
        try (ReadOptions newest = new ReadOptions()) {
            values = database.get(Table.POINTS, newest, keys);
        }
        for (int i = 0; i < values.size(); i++) {
            byte[] value = values.get(i);
            if (value != null) {
                marks.put(order.get(i), RowCodec.decodeMark(order.get(i), value));
            }
        }
        return marks;
    }

    @Override
    public void write(StoreWrite write) throws IOException {
        ColumnFamilyHandle points = database.handle(Table.POINTS);
        ColumnFamilyHandle recent = database.handle(Table.RECENT);
        ColumnFamilyHandle dead = database.handle(Table.DEAD);
        ColumnFamilyHandle meta = database.handle(Table.META);
        try (WriteBatch batch = new WriteBatch()) {
            for (RowChange change : write.changes()) {
                switch (change) {
                    case RowChange.Put(var row, var former) -> {
                        byte[] key = row.id().getBytes(UTF_8);
                        byte[] version = RowCodec.versionKey(row.version());
                        if (former != null) {
                            byte[] died = RowCodec.versionKey(former.version());
                            batch.delete(recent, died);
                            batch.put(dead, died, version);
                        }
                        batch.put(points, key, RowCodec.encode(row));
                        batch.put(recent, version, key);
                    }
                    case RowChange.Remove(var id, var offset, var former) -> {
                        byte[] died = RowCodec.versionKey(former.version());
                        batch.delete(points, id.getBytes(UTF_8));
                        batch.delete(recent, died);
                        batch.put(dead, died, RowCodec.versionKey(offset));
                    }
                }
            }
            batch.put(meta, STATE_KEY, StateCodec.encode(write.state()));
            batch.put(meta, DIGEST_KEY, write.digest().toBytes());
            database.write(batch);
        } catch (RocksDBException e) {
            throw RocksDatabase.failure("cannot prepare a batch", e);
        }
    }

    @Override
    public PointView view() {
        return new RocksPointView(database);
    }

    @Override
    public void forgetRecent(long version) throws IOException {
        if (version > 0) {
            database.deleteRange(
                    Table.RECENT, RowCodec.versionKey(0), RowCodec.versionKey(version));
        }
    }

    /**
     * One by one: a range would take along the death of a row between them that dies meanwhile.
     */
    @Override
    public void forgetDeaths(long from, long to, long before) throws IOException {
        ColumnFamilyHandle dead = database.handle(Table.DEAD);
        try (WriteBatch batch = new WriteBatch();
                RocksIterator deaths = database.db().newIterator(dead)) {
            for (deaths.seek(RowCodec.versionKey(Math.max(0, from)));
                    deaths.isValid();
                    deaths.next()) {
                byte[] key = deaths.key();
                if (RowCodec.version(key) >= to) {
                    break;
                }
                if (RowCodec.version(deaths.value()) < before) {
                    batch.delete(dead, key);
                }
                if (batch.count() >= FORGOTTEN_AT_ONCE) {
                    database.write(batch);
                    batch.clear();
                }
            }
            deaths.status();
            database.write(batch);
        } catch (RocksDBException e) {
            throw RocksDatabase.failure("cannot forget deaths", e);
        }
    }

    @Override
    public void makeDurable() throws IOException {
        database.flush();
    }

    /** Bytes that are in memory only, about; any thread. */
    public long unflushedBytes() throws IOException {
        return database.unflushedBytes();
    }

    /** Makes everything durable and links it into {@code target}, which does not exist yet. */
    public void checkpoint(Path target) throws IOException {
        database.checkpoint(target);
    }

    /** The database, for tests that look behind the store's back. */
    RocksDatabase database() {
        return database;
    }

    /** Views must be closed before. */
    @Override
    public void close() {
        database.close();
    }
}
