package io.vectron.worker.replica;

import io.vectron.index.IndexOwner;
import io.vectron.worker.shard.PointStore;
import java.io.IOException;

/**
 * What an index asks for in the background, answered by the store of its shard. Takes no lock: the
 * store allows all of it beside the applier's writes, and a position is published only after it is
 * written, so whatever the index has seen is in the store.
 */
final class StoreOwner implements IndexOwner {
    private final PointStore store;

    /**
     * @param store to be closed after the index
     */
    StoreOwner(PointStore store) {
        this.store = store;
    }

    @Override
    public void makeDurable(long position) throws IOException {
        store.makeDurable();
    }

    @Override
    public void sealed(long version) throws IOException {
        store.forgetRecent(version);
    }

    @Override
    public void forgetDeaths(long from, long to, long before) throws IOException {
        store.forgetDeaths(from, to, before);
    }
}
