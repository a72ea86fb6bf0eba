package io.vectron.worker.storage;

import org.rocksdb.BloomFilter;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * Memory that all stores of a process share: the cache of blocks, and the budget of rows not yet
 * flushed, which is taken from the cache's. Must outlive the stores.
 */
public final class RocksResources implements AutoCloseable {
    static {
        RocksDB.loadLibrary();
    }

    private static final int SHARD_BITS = -1; // as many as RocksDB thinks fit
    private static final double FILTER_BITS_PER_KEY = 10; // 1 % of absent keys cost a read
    private static final double HIGH_PRIORITY_SHARE = 0.2; // for indexes and filters

    private final LRUCache cache;
    private final WriteBufferManager writeBuffers;
    private final BloomFilter filter = new BloomFilter(FILTER_BITS_PER_KEY, false);

    /**
     * @param cacheBytes blocks and write buffers together
     * @param writeBufferBytes above which stores flush; at least 8 MiB an active shard is good
     */
    public RocksResources(long cacheBytes, long writeBufferBytes) {
        if (cacheBytes < 1 || writeBufferBytes < 1) {
            throw new IllegalArgumentException(
                    "no memory: cache " + cacheBytes + ", write buffers " + writeBufferBytes);
        }
        cache = new LRUCache(cacheBytes, SHARD_BITS, false, HIGH_PRIORITY_SHARE);
        // Never stalls: one shard's flush must not hold up the writes of all others.
        writeBuffers = new WriteBufferManager(writeBufferBytes, cache, false);
    }

    LRUCache cache() {
        return cache;
    }

    WriteBufferManager writeBuffers() {
        return writeBuffers;
    }

    BloomFilter filter() {
        return filter;
    }

    @Override
    public void close() {
        filter.close();
        writeBuffers.close();
        cache.close();
    }
}
