package io.vectron.worker.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.vectron.common.digest.Digest;
import io.vectron.common.digest.DigestAccumulator;
import io.vectron.common.digest.Hash128;
import io.vectron.common.digest.RowHash;
import io.vectron.worker.shard.PointView;
import io.vectron.worker.shard.RowMark;
import io.vectron.worker.shard.ShardState;
import io.vectron.worker.shard.StoreWrite;
import io.vectron.worker.shard.StoredRow;
import io.vectron.worker.storage.RocksDatabase.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.rocksdb.RocksDBException;

/** Plants damage in the files of a store that is not open. */
public final class Damage {
    private Damage() {}

    /**
     * Makes a store one that never had a row: what a defect of the state machine would leave, which
     * nothing in the store itself shows.
     */
    public static void neverHad(Path folder, String id) throws IOException {
        try (RocksResources resources = new RocksResources(1 << 20, 1 << 20);
                RocksPointStore store = RocksPointStore.open(folder, resources)) {
            ShardState state;
            Digest others;
            try (PointView view = store.view()) {
                state = Objects.requireNonNull(view.state());
                DigestAccumulator digest = new DigestAccumulator(view.digest());
                StoredRow row = Objects.requireNonNull(view.rows(List.of(id)).get(id));
                digest.remove(id.getBytes(UTF_8), row.mark().hash());
                others = digest.snapshot();
            }
            store.database().db().delete(store.database().handle(Table.POINTS), id.getBytes(UTF_8));
            ShardState without =
                    new ShardState(
                            state.applied(),
                            state.collectionId(),
                            state.topicId(),
                            state.partition(),
                            state.log(),
                            state.epoch(),
                            state.rows() - 1,
                            state.halt());
            store.write(new StoreWrite(List.of(), without, others));
            store.makeDurable();
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }

    /** Changes a byte of a row's point, and leaves its version and hash as they are. */
    public static void changeRow(Path folder, String id) throws IOException {
        try (RocksResources resources = new RocksResources(1 << 20, 1 << 20);
                RocksPointStore store = RocksPointStore.open(folder, resources)) {
            StoredRow row;
            try (PointView view = store.view()) {
                row = Objects.requireNonNull(view.rows(List.of(id)).get(id));
            }
            byte[] point = row.point().toByteArray();
            point[point.length - 1] ^= 1; // the last byte of the vector
            StoredRow changed = new StoredRow(id, row.mark(), ByteString.copyFrom(point));
            store.database()
                    .db()
                    .put(
                            store.database().handle(Table.POINTS),
                            id.getBytes(UTF_8),
                            RowCodec.encode(changed));
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }

    /** Gives a row another id, with a digest that says so: nothing in the store itself shows it. */
    public static void rename(Path folder, String id, String other) throws IOException {
        try (RocksResources resources = new RocksResources(1 << 20, 1 << 20);
                RocksPointStore store = RocksPointStore.open(folder, resources)) {
            StoredRow row;
            ShardState state;
            DigestAccumulator digest;
            try (PointView view = store.view()) {
                state = Objects.requireNonNull(view.state());
                digest = new DigestAccumulator(view.digest());
                row = Objects.requireNonNull(view.rows(List.of(id)).get(id));
            }
            byte[] from = id.getBytes(UTF_8);
            byte[] to = other.getBytes(UTF_8);
            Hash128 hash = RowHash.of(to, row.version(), row.point().toByteArray());
            digest.remove(from, row.mark().hash());
            digest.add(to, hash);
            StoredRow renamed = new StoredRow(other, new RowMark(row.version(), hash), row.point());
            store.database().db().delete(store.database().handle(Table.POINTS), from);
            store.database()
                    .db()
                    .put(store.database().handle(Table.POINTS), to, RowCodec.encode(renamed));
            store.write(new StoreWrite(List.of(), state, digest.snapshot()));
            store.makeDurable();
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }

    /** Deletes a row without the state machine knowing. */
    public static void deleteRow(Path folder, String id) throws IOException {
        try (RocksResources resources = new RocksResources(1 << 20, 1 << 20);
                RocksPointStore store = RocksPointStore.open(folder, resources)) {
            store.database().db().delete(store.database().handle(Table.POINTS), id.getBytes(UTF_8));
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }
}
