package io.vectron.index;

import io.vectron.index.vector.Scorer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Opens indexes for tests. */
final class Indexes {

    /** Keeps nothing: for indexes that are not opened again. */
    static final IndexOwner NOBODY =
            new IndexOwner() {
                @Override
                public void makeDurable(long position) {}

                @Override
                public void sealed(long version) {}

                @Override
                public void forgetDeaths(long from, long to, long before) {}
            };

    private Indexes() {}

    static VectorIndex open(IndexSpec spec, Path folder, BuilderPool pool) {
        return open(spec, folder, NOBODY, pool, 64);
    }

    static VectorIndex open(
            IndexSpec spec, Path folder, IndexOwner owner, BuilderPool pool, int sliceRows) {
        return open(spec, folder, owner, pool, sliceRows, new Scorer(spec.metric()));
    }

    static VectorIndex open(
            IndexSpec spec,
            Path folder,
            IndexOwner owner,
            BuilderPool pool,
            int sliceRows,
            Scorer scorer) {
        try {
            return VectorIndex.open(spec, folder, owner, pool, "test", sliceRows, scorer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
