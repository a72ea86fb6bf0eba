package io.vectron.worker.replica;

import io.vectron.worker.shard.PointStore;
import io.vectron.worker.shard.PointView;
import io.vectron.worker.shard.RowMark;
import io.vectron.worker.shard.StoreWrite;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;

/**
 * A store that notes when it was last written to: the state machine reads no clock. Applier thread.
 */
final class StampedStore implements PointStore {
    private final PointStore store;
    private final InstantSource clock;
    private long writtenAtMs;

    StampedStore(PointStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** When the last write was done, milliseconds since 1970; 0 before the first. */
    long writtenAtMs() {
        return writtenAtMs;
    }

    @Override
    public Map<String, RowMark> marks(Collection<String> ids) throws IOException {
        return store.marks(ids);
    }

    @Override
    public void write(StoreWrite write) throws IOException {
        store.write(write);
        writtenAtMs = clock.millis();
    }

    @Override
    public PointView view() throws IOException {
        return store.view();
    }

    @Override
    public void forgetRecent(long version) throws IOException {
        store.forgetRecent(version);
    }

    @Override
    public void forgetDeaths(long from, long to, long before) throws IOException {
        store.forgetDeaths(from, to, before);
    }

    @Override
    public void makeDurable() throws IOException {
        store.makeDurable();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
