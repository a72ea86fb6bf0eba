package io.vectron.worker.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One RocksDB database, its tables and its settings; owns every native handle it opens but for the
 * shared {@link RocksResources}.
 *
 * <p>Nothing is written to RocksDB's own log: the Raft log is the log. All tables are flushed
 * together, so what a crash leaves is the state after some entry, never a mixture.
 */
final class RocksDatabase implements AutoCloseable {
    /**
     * Version of the layout; a database with a higher one is refused. 1: every live row is recent
     * and no death is written down. Such a database becomes one of version 2 as it is: nothing of
     * it is in a segment, whose deaths might be missed.
     */
    static final int FORMAT = 3;

    private static final int OLDEST_FORMAT = 1;

    private static final byte[] FORMAT_KEY = "format".getBytes(UTF_8);

    /** The tables. Names are part of the format. */
    enum Table {
        /** RocksDB's own first table: the format. */
        DEFAULT("default"),
        /** id → StoredPoint. */
        POINTS("points"),
        /** version (8 bytes, big endian) → id, of rows that are in no sealed segment. */
        RECENT("recent"),
        /**
         * Version of a row that was replaced or removed → offset of the record that did it (8 bytes
         * each, big endian); as long as a sealed segment may have the row.
         */
        DEAD("dead"),
        /** State and digest. */
        META("meta");

        private final String tableName;

        Table(String tableName) {
            this.tableName = tableName;
        }

        private byte[] bytes() {
            return tableName.getBytes(UTF_8);
        }
    }

    private final RocksDB db;
    private final DBOptions options;
    private final List<ColumnFamilyOptions> tableOptions;
    private final Map<Table, ColumnFamilyHandle> tables = new EnumMap<>(Table.class);
    private final WriteOptions withoutLog = new WriteOptions().setDisableWAL(true);

    private RocksDatabase(
            RocksDB db,
            DBOptions options,
            List<ColumnFamilyOptions> tableOptions,
            List<ColumnFamilyHandle> handles) {
        this.db = db;
        this.options = options;
        this.tableOptions = tableOptions;
        Iterator<ColumnFamilyHandle> inOrder = handles.iterator();
        for (Table table : Table.values()) {
            tables.put(table, inOrder.next());
        }
    }

    /** Opens or creates the database in a folder that exists. */
    static RocksDatabase open(Path folder, RocksResources resources) throws IOException {
        try {
            refuseUnknownTables(folder);
            RocksDatabase opened = openTables(folder, resources);
            try {
                opened.checkFormat(folder);
            } catch (IOException | RocksDBException e) {
                opened.close();
                throw e;
            }
            return opened;
        } catch (RocksDBException e) {
            throw failure("cannot open " + folder, e);
        }
    }

    private static void refuseUnknownTables(Path folder) throws IOException, RocksDBException {
        List<byte[]> found;
        try (Options plain = new Options()) {
            found = RocksDB.listColumnFamilies(plain, folder.toString());
        }
        for (byte[] name : found) {
            if (Arrays.stream(Table.values()).noneMatch(t -> Arrays.equals(t.bytes(), name))) {
                throw new IOException(
                        folder
                                + " has a table '"
                                + new String(name, UTF_8)
                                + "': it was written by a newer version");
            }
        }
    }

    private static RocksDatabase openTables(Path folder, RocksResources resources)
            throws RocksDBException {
        DBOptions options =
                new DBOptions()
                        .setCreateIfMissing(true)
                        .setCreateMissingColumnFamilies(true)
                        .setAtomicFlush(true)
                        .setWriteBufferManager(resources.writeBuffers())
                        .setMaxBackgroundJobs(2)
                        .setMaxOpenFiles(256)
                        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                        .setKeepLogFileNum(2);
        List<ColumnFamilyOptions> tableOptions = new ArrayList<>();
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        for (Table table : Table.values()) {
            ColumnFamilyOptions of = options(table, resources);
            tableOptions.add(of);
            descriptors.add(new ColumnFamilyDescriptor(table.bytes(), of));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = RocksDB.open(options, folder.toString(), descriptors, handles);
            return new RocksDatabase(db, options, tableOptions, handles);
        } catch (RocksDBException e) {
            tableOptions.forEach(ColumnFamilyOptions::close);
            options.close();
            throw e;
        }
    }

    private static ColumnFamilyOptions options(Table table, RocksResources resources) {
        BlockBasedTableConfig blocks =
                new BlockBasedTableConfig()
                        .setBlockCache(resources.cache())
                        .setCacheIndexAndFilterBlocks(true)
                        .setPinL0FilterAndIndexBlocksInCache(true)
                        .setFilterPolicy(resources.filter())
                        .setOptimizeFiltersForMemory(true)
                        .setBlockSize(16 << 10)
                        .setFormatVersion(6);
        // A point's row holds its vector, which does not shrink, and its payload, which does:
        // RocksDB stores a block as it is when compression saves less than an eighth, so blocks of
        // bare vectors cost LZ4's time at flushes only, and reading them costs nothing.
        return new ColumnFamilyOptions()
                .setTableFormatConfig(blocks)
                .setWriteBufferSize(table == Table.POINTS ? 32L << 20 : 4L << 20)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setLevelCompactionDynamicLevelBytes(true);
    }

    private void checkFormat(Path folder) throws IOException, RocksDBException {
        byte[] found = db.get(handle(Table.DEFAULT), FORMAT_KEY);
        int format = found == null ? OLDEST_FORMAT : format(found);
        if (format < OLDEST_FORMAT || format > FORMAT) {
            throw new IOException(
                    folder + " has format " + format + "; this version reads up to " + FORMAT);
        }
        if (found == null || format < FORMAT) {
            byte[] written = ByteBuffer.allocate(Integer.BYTES).putInt(FORMAT).array();
            db.put(handle(Table.DEFAULT), withoutLog, FORMAT_KEY, written);
        }
    }

    private static int format(byte[] found) {
        return found.length == Integer.BYTES ? ByteBuffer.wrap(found).getInt() : -1;
    }

    RocksDB db() {
        return db;
    }

    ColumnFamilyHandle handle(Table table) {
        ColumnFamilyHandle handle = tables.get(table);
        if (handle == null) {
            throw new IllegalStateException("no table " + table);
        }
        return handle;
    }

    /**
     * The values of some keys, in their order; null where there is none.
     *
     * <p>RocksDB's Java part gives null as well for what it could not read, which would make a
     * damaged row one that was never there. Who is missing is asked for again alone, where an error
     * is told; for a key that is not there that is a look into the filters.
     */
    List<byte @Nullable []> get(Table table, ReadOptions how, List<byte[]> keys)
            throws IOException {
        ColumnFamilyHandle handle = handle(table);
        try {
            List<byte[]> found =
                    db.multiGetAsList(how, Collections.nCopies(keys.size(), handle), keys);
            List<byte @Nullable []> values = new ArrayList<>(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                byte @Nullable [] value = found.get(i);
                values.add(value == null ? db.get(handle, how, keys.get(i)) : value);
            }
            return values;
        } catch (RocksDBException e) {
            throw failure("cannot read rows", e);
        }
    }

    void write(WriteBatch batch) throws IOException {
        try {
            db.write(withoutLog, batch);
        } catch (RocksDBException e) {
            throw failure("cannot write", e);
        }
    }

    /** Deletes the keys from {@code from} to below {@code to}; any thread. */
    void deleteRange(Table table, byte[] from, byte[] to) throws IOException {
        try {
            db.deleteRange(handle(table), withoutLog, from, to);
        } catch (RocksDBException e) {
            throw failure("cannot delete a range", e);
        }
    }

    /**
     * Makes everything written durable; any thread. All tables are flushed in one piece, so a later
     * state never survives without an earlier one.
     */
    void flush() throws IOException {
        try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
            db.flush(wait, List.copyOf(tables.values()));
        } catch (RocksDBException e) {
            throw failure("cannot flush", e);
        }
    }

    /** Bytes of the tables in memory that are in no file yet, about; any thread. */
    long unflushedBytes() throws IOException {
        try {
            return db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables");
        } catch (RocksDBException e) {
            throw failure("cannot tell what is in memory", e);
        }
    }

    /** Flushes, and links everything into a folder that does not exist yet. */
    void checkpoint(Path target) throws IOException {
        flush();
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(target.toString());
        } catch (RocksDBException e) {
            throw failure("cannot checkpoint into " + target, e);
        }
    }

    static IOException failure(String what, RocksDBException e) {
        return new IOException(what + ": " + e.getMessage(), e);
    }

    /** Flushes what is not flushed yet, as RocksDB does by itself, and frees everything. */
    @Override
    public void close() {
        tables.values().forEach(ColumnFamilyHandle::close);
        db.close();
        withoutLog.close();
        tableOptions.forEach(ColumnFamilyOptions::close);
        options.close();
    }
}
