package io.vectron.worker.replica;

import io.vectron.index.BuilderPool;
import io.vectron.index.Helpers;
import io.vectron.index.IndexLimits;
import io.vectron.index.SearchQuery;
import io.vectron.index.SearchResult;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.worker.shard.Entries;
import io.vectron.worker.shard.InMemoryPointStore;
import io.vectron.worker.shard.PointIndex;
import io.vectron.worker.shard.PointIndexContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class VectorPointIndexTest extends PointIndexContract {
    @TempDir Path folder;
    private final BuilderPool pool = new BuilderPool(1);
    private final List<VectorPointIndex> made = new ArrayList<>();

    @Override
    protected PointIndex create() throws IOException {
        VectorPointIndex index =
                VectorPointIndex.maker(
                                Entries.facts(),
                                IndexLimits.DEFAULT,
                                IndexParameters.getDefaultInstance(),
                                pool)
                        .open(
                                folder.resolve("index"),
                                new StoreOwner(new InMemoryPointStore(), found -> {}));
        made.add(index);
        return index;
    }

    @Override
    protected Map<String, Long> visible(PointIndex index) {
        return ((VectorPointIndex) index)
                .search(SearchQuery.exact(new float[] {0, 0}, 1_000), Helpers.NONE).hits().stream()
                        .collect(Collectors.toMap(SearchResult.Hit::id, SearchResult.Hit::version));
    }

    @AfterEach
    void close() {
        made.forEach(VectorPointIndex::close);
        pool.close();
    }
}
