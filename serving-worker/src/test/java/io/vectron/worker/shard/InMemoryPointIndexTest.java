package io.vectron.worker.shard;

import java.util.Map;

class InMemoryPointIndexTest extends PointIndexContract {
    @Override
    protected PointIndex create() {
        return new InMemoryPointIndex();
    }

    @Override
    protected Map<String, Long> visible(PointIndex index) {
        return ((InMemoryPointIndex) index).visible();
    }
}
