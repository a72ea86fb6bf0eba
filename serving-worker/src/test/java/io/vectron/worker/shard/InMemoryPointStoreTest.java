package io.vectron.worker.shard;

class InMemoryPointStoreTest extends PointStoreContract {
    @Override
    protected PointStore create() {
        return new InMemoryPointStore();
    }
}
