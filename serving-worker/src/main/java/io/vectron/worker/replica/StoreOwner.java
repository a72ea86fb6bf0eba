package io.vectron.worker.replica;

import io.vectron.index.IndexOwner;
import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.worker.shard.PointStore;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * What an index asks for in the background, answered by the store of its shard. Takes no lock: the
 * store allows all of it beside the applier's writes, and a position is published only after it is
 * written, so whatever the index has seen is in the store.
 */
final class StoreOwner implements IndexOwner {
    private final PointStore store;
    private final Consumer<Throwable> damage;

    /**
     * @param store to be closed after the index
     * @param damage told why the replica must not go on
     */
    StoreOwner(PointStore store, Consumer<Throwable> damage) {
        this.store = store;
        this.damage = damage;
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

    /** Lack of room passes; a disk that does not do what it is asked to is not asked again. */
    @Override
    public void failed(IOException why, boolean forGood) {
        if (forGood || !NoRoom.caused(why)) {
            damage.accept(why);
        }
    }

    @Override
    public void damaged(CorruptSegmentException found) {
        damage.accept(found);
    }
}
