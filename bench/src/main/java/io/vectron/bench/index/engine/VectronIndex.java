package io.vectron.bench.index.engine;

import io.vectron.bench.data.Dataset;
import io.vectron.index.Admission;
import io.vectron.index.BuilderPool;
import io.vectron.index.Helpers;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Our index as a worker uses it, with ids, positions and results: rows in memory and sealed
 * segments that it writes and merges by itself.
 */
final class VectronIndex implements Engine.Updatable {
    private static final long POLL_NANOS = Duration.ofMillis(2).toNanos();
    private static final int BATCH = 64;

    /** The index is at rest if nothing has happened at so many looks, one after the other. */
    private static final int QUIET_POLLS = 50;

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
    private final IndexShape shape;
    private @Nullable BuilderPool pool;
    private @Nullable VectorIndex index;
    private final @Nullable IdleThreads helpers;
    private long @Nullable [] versions; // by row; null while each is the row's number
    private long position;

    VectronIndex(Dataset data, IndexShape shape) {
        this.data = data;
        this.shape = shape;
        this.helpers = shape.helpers() == 0 ? null : new IdleThreads(shape.helpers());
    }

    @Override
    public String description() {
        return "VectorIndex, sealing and merging: " + shape.description();
    }

    /** One index is built by one thread. */
    @Override
    public void build(int threads, Path folder, IntConsumer progress)
            throws IOException, InterruptedException {
        start(folder);
        VectorIndex built = open();
        for (int row = 0; row < data.rows(); row++) {
            await(() -> built.admission(1) == Admission.ADMITTED);
            built.upsert(Integer.toString(row), position++, data.row(row), VectorIndex.NONE);
            if (position % BATCH == 0) {
                built.publish(position);
                progress.accept(row + 1);
            }
        }
        built.cut();
        settle();
    }

    private void start(Path folder) throws IOException {
        var builders = new BuilderPool(1);
        IndexSpec spec = shape.spec(data.dimension(), data.metric());
        index = VectorIndex.open(spec, folder, NOBODY, builders, "bench");
        pool = builders;
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            IndexStats stats = open().stats();
            if (stats.failure() != null) {
                throw new IllegalStateException("building failed: " + stats.failure());
            }
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while the index works");
            }
        }
    }

    private VectorIndex open() {
        return Objects.requireNonNull(index, "not built");
    }

    /** Its rows are all in segments: there is nothing to be restored. */
    @Override
    public void open(Path folder) throws IOException {
        start(folder);
        position = open().restoreFrom();
        open().publish(position);
    }

    @Override
    public Search search() {
        VectorIndex searched = open();
        Helpers idle = helpers == null ? Helpers.NONE : helpers;
        return (query, k, ef, answer) -> {
            List<SearchResult.Hit> hits =
                    searched.search(SearchQuery.of(query, k, ef), idle).hits();
            for (int i = 0; i < hits.size(); i++) {
                answer[i] = Integer.parseInt(hits.get(i).id());
            }
            return hits.size();
        };
    }

    @Override
    public long rewrite(int[] rows, int count) throws InterruptedException {
        VectorIndex written = open();
        long[] known = versions();
        long waited = 0;
        for (int i = 0; i < count; i++) {
            if (written.admission(1) != Admission.ADMITTED) {
                long start = System.nanoTime();
                await(() -> written.admission(1) == Admission.ADMITTED);
                waited += System.nanoTime() - start;
            }
            int row = rows[i];
            long former = known[row];
            known[row] = position++;
            written.upsert(Integer.toString(row), known[row], data.row(row), former);
        }
        written.publish(position);
        return waited;
    }

    private long[] versions() {
        long[] known = versions;
        if (known == null) {
            known = new long[data.rows()];
            Arrays.setAll(known, row -> row);
            versions = known;
        }
        return known;
    }

    @Override
    public void settle() throws InterruptedException {
        VectorIndex written = open();
        var rest = new Rest();
        await(() -> {
            written.publish(position); // wakes the builder
            return rest.at(written);
        });
    }

    /** Tells when nothing is left to do: between two tasks an index looks idle, too. */
    private static final class Rest {
        private int quiet;
        private long done;

        boolean at(VectorIndex index) {
            IndexStats stats = index.stats();
            long now = stats.sealed().seals() + stats.sealed().merges() + stats.builds();
            boolean idle =
                    stats.frozen() == 0
                            && stats.tailRows() < IndexLimits.DEFAULT.flatRows()
                            && index.report(0, () -> true).task().isEmpty();
            quiet = idle && now == done ? quiet + 1 : 0;
            done = now;
            return quiet >= QUIET_POLLS;
        }
    }

    @Override
    public Map<String, Long> counters() {
        IndexStats stats = open().stats();
        Map<String, Long> counters = new LinkedHashMap<>();
        counters.put("segments", (long) stats.sealed().segments());
        counters.put("rows", stats.rows());
        counters.put("live", stats.live());
        counters.put("seals", stats.sealed().seals());
        counters.put("merges", stats.sealed().merges());
        counters.put("sealed_rows", stats.sealed().written().sealedRows());
        counters.put("sealed_bytes", stats.sealed().written().sealedBytes());
        counters.put("merged_rows", stats.sealed().written().mergedRows());
        counters.put("merged_bytes", stats.sealed().written().mergedBytes());
        return counters;
    }

    @Override
    public long bytes() {
        IndexStats stats = open().stats();
        return stats.slabBytes() + stats.sealed().bytes();
    }

    @Override
    public void close() {
        if (index != null) {
            index.close();
        }
        if (pool != null) {
            pool.close();
        }
        if (helpers != null) {
            helpers.close();
        }
    }
}
