package io.vectron.bench.cluster.apply;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * What a single program would do: each batch reads the rows that it replaces, and is written in one
 * piece with RocksDB's own log, synced. No digest, no versions, no state.
 */
final class StraightStore implements AutoCloseable {
    private static final long WRITE_BUFFER_BYTES = 32L << 20; // as a worker's table of points

    private final Options options;
    private final RocksDB db;
    private final WriteOptions synced = new WriteOptions().setSync(true);

    /** Makes a database in an empty folder; the native library is loaded. */
    StraightStore(Path folder) throws IOException {
        options =
                new Options()
                        .setCreateIfMissing(true)
                        .setMaxBackgroundJobs(2)
                        .setWriteBufferSize(WRITE_BUFFER_BYTES)
                        .setCompressionType(CompressionType.LZ4_COMPRESSION)
                        .setLevelCompactionDynamicLevelBytes(true);
        try {
            db = RocksDB.open(options, folder.toString());
        } catch (RocksDBException e) {
            options.close();
            throw new IOException("no database in " + folder, e);
        }
    }

    /** Writes one batch; returns how many rows it replaced. */
    int write(List<Batches.Row> rows) throws IOException {
        List<byte[]> keys = new ArrayList<>(rows.size());
        rows.forEach(row -> keys.add(row.id().toByteArray()));
        List<ColumnFamilyHandle> table =
                Collections.nCopies(keys.size(), db.getDefaultColumnFamily());
        try (WriteBatch batch = new WriteBatch()) {
            int replaced = 0;
            for (byte[] former : db.multiGetAsList(table, keys)) {
                replaced += former == null ? 0 : 1;
            }
            for (Batches.Row row : rows) {
                ByteString point = row.point();
                batch.put(row.id().toByteArray(), point.toByteArray());
            }
            db.write(synced, batch);
            return replaced;
        } catch (RocksDBException e) {
            throw new IOException("a batch was not written", e);
        }
    }

    @Override
    public void close() {
        synced.close();
        db.close();
        options.close();
    }
}
