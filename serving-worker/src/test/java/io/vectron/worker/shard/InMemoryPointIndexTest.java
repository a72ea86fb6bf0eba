package io.vectron.worker.shard;

import java.util.Map;

class InMemoryPointIndexTest extends PointIndexContract {
    @Override
    protected PointIndex create(int capacity) {
        return new InMemoryPointIndex(capacity);
    }

    @Override
    protected Map<String, Long> visible(PointIndex index) {
        return ((InMemoryPointIndex) index).visible();
    }
}
