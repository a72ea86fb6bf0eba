package io.vectron.bench.index.engine;

import io.vectron.bench.data.Dataset;
import io.vectron.index.Admission;
import io.vectron.index.BuilderPool;
import io.vectron.index.GraphSpec;
import io.vectron.index.IndexLimits;
import io.vectron.index.IndexOwner;
import io.vectron.index.IndexSpec;
import io.vectron.index.IndexStats;
import io.vectron.index.SearchQuery;
import io.vectron.index.SearchResult;
import io.vectron.index.VectorIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Our index with all rows in memory, as a shard holds those that are not sealed. */
final class VectronHot implements Engine.Updatable {
    private static final long POLL_NANOS = Duration.ofMillis(2).toNanos();
    private static final int SPARE_ROWS = 1 << 16;
    private static final long SLAB_BYTES = 64L << 30;

    static final Map<String, String> SETTINGS =
            Map.of(
                    "degree", "" + GraphSpec.DEFAULT.degree(),
                    "beam", "" + GraphSpec.DEFAULT.beamWidth(),
                    "alpha", "" + GraphSpec.DEFAULT.alpha());

    /** Nothing is kept of a measured index. */
    private static final IndexOwner NOBODY =
            new IndexOwner() {
                @Override
                public void makeDurable(long upTo) {}

                @Override
                public void sealed(long version) {}

                @Override
                public void forgetDeaths(long from, long to, long before) {}
            };

    private final Dataset data;
    private @Nullable BuilderPool pool;
    private @Nullable VectorIndex index;
    private final long[] versions;
    private long position;

    VectronHot(Dataset data) {
        this.data = data;
        this.versions = new long[data.rows()];
    }

    @Override
    public String description() {
        return "VectorIndex, rows in memory";
    }

    /** One index is built by one thread. */
    @Override
    public void build(int threads, Path folder, IntConsumer progress)
            throws IOException, InterruptedException {
        var builders = new BuilderPool(1);
        IndexLimits usual = IndexLimits.DEFAULT;
        var limits =
                new IndexLimits(
                        2 * data.rows() + SPARE_ROWS,
                        SLAB_BYTES,
                        usual.frozenSegments(),
                        usual.flatRows(),
                        usual.flatRowsPerEf(),
                        usual.flatTailRows());
        var spec = new IndexSpec(data.dimension(), data.metric(), limits);
        var built = VectorIndex.open(spec, folder, NOBODY, builders, "bench");
        pool = builders;
        index = built;
        for (int row = 0; row < data.rows(); row++) {
            versions[row] = position++;
            built.restoreRow(Integer.toString(row), versions[row], data.row(row));
        }
        built.publish(position);
        await(() -> {
            progress.accept(data.rows() - built.stats().tailRows());
            return data.rows() < limits.flatRows() || built.stats().tailRows() == 0;
        });
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            IndexStats stats = open().stats();
            if (stats.failure() != null) {
                throw new IllegalStateException("building failed: " + stats.failure());
            }
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while the index is built");
            }
        }
    }

    private VectorIndex open() {
        return Objects.requireNonNull(index, "not built");
    }

    @Override
    public void open(Path folder) {
        throw new UnsupportedOperationException("rows in memory are not kept");
    }

    @Override
    public Search search() {
        VectorIndex searched = open();
        return (query, k, ef, answer) -> {
            List<SearchResult.Hit> hits = searched.search(SearchQuery.of(query, k, ef)).hits();
            for (int i = 0; i < hits.size(); i++) {
                answer[i] = Integer.parseInt(hits.get(i).id());
            }
            return hits.size();
        };
    }

    @Override
    public void rewrite(int[] rows, int count) throws InterruptedException {
        VectorIndex written = open();
        for (int i = 0; i < count; i++) {
            await(() -> written.admission(1) == Admission.ADMITTED);
            int row = rows[i];
            long former = versions[row];
            versions[row] = position++;
            written.upsert(Integer.toString(row), versions[row], data.row(row), former);
        }
        written.publish(position);
    }

    @Override
    public void settle() throws InterruptedException {
        VectorIndex written = open();
        await(() -> {
            written.publish(position);
            IndexStats stats = written.stats();
            return stats.frozen() == 0
                    && (stats.rows() < IndexLimits.DEFAULT.flatRows() || stats.tailRows() == 0);
        });
    }

    @Override
    public long bytes() {
        return open().stats().slabBytes();
    }

    @Override
    public void close() {
        if (index != null) {
            index.close();
        }
        if (pool != null) {
            pool.close();
        }
    }
}
