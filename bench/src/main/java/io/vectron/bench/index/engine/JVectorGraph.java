package io.vectron.bench.index.engine;

import io.github.jbellis.jvector.disk.RandomAccessReader;
import io.github.jbellis.jvector.disk.ReaderSupplier;
import io.github.jbellis.jvector.disk.ReaderSupplierFactory;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.OnHeapGraphIndex;
import io.github.jbellis.jvector.graph.diversity.VamanaDiversityProvider;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How JVector builds a graph over a slab.
 *
 * @param alpha above 1: longer edges are kept, too
 * @param hierarchy whether thinned-out layers above lead to the nearest region
 */
record JVectorGraph(float alpha, boolean hierarchy) {
    /** With what was found to serve JVector's own searcher best. */
    static final JVectorGraph LAYERED = new JVectorGraph(1.2f, true);

    /** For searches that find their own beginning. */
    static final JVectorGraph FLAT = new JVectorGraph(1.2f, false);

    private static final int DEGREE = 32; // hnswlib's M of 16
    private static final int BEAM_WIDTH = 100;
    private static final float OVERFLOW = 1.2f;

    JVectorGraph withAlpha(float other) {
        return new JVectorGraph(other, hierarchy);
    }

    Map<String, String> settings() {
        return Map.of("degree", "" + DEGREE, "beam", "" + BEAM_WIDTH, "alpha", "" + alpha);
    }

    // The fluent builder that replaces this constructor takes settings global to the JVM.
    @SuppressWarnings("deprecation")
    OnHeapGraphIndex build(Slab slab, int rows, int threads, IntConsumer progress)
            throws IOException, InterruptedException {
        try (ForkJoinPool pool = new ForkJoinPool(threads);
                GraphIndexBuilder builder =
                        new GraphIndexBuilder(
                                slab,
                                slab.dimension(),
                                DEGREE,
                                BEAM_WIDTH,
                                OVERFLOW,
                                alpha,
                                hierarchy,
                                false,
                                pool,
                                pool)) {
            insert(builder, slab, rows, threads, progress);
            builder.cleanup();
            return (OnHeapGraphIndex) builder.getGraph();
        }
    }

    private static void insert(
            GraphIndexBuilder builder, Slab slab, int rows, int threads, IntConsumer progress)
            throws InterruptedException {
        var next = new AtomicInteger();
        var failure = new AtomicReference<@Nullable Throwable>();
        Thread[] inserters = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            inserters[i] =
                    Thread.ofPlatform()
                            .name("jvector-build-" + i)
                            .uncaughtExceptionHandler((_, e) -> failure.compareAndSet(null, e))
                            .start(() -> {
                                for (int row = next.getAndIncrement();
                                        row < rows;
                                        row = next.getAndIncrement()) {
                                    builder.addGraphNode(row, slab.searchProviderFor(row));
                                    progress.accept(row + 1);
                                }
                            });
        }
        for (Thread inserter : inserters) {
            inserter.join();
        }
        @Nullable Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("building failed: " + failed, failed);
        }
    }

    // Deprecated in favour of files that are searched in place, which is the other engine.
    @SuppressWarnings("deprecation")
    static void save(OnHeapGraphIndex graph, Path file) throws IOException {
        try (var out =
                new DataOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(file), 1 << 20))) {
            graph.save(out);
        }
    }

    @SuppressWarnings("deprecation")
    OnHeapGraphIndex load(Path file, Slab slab) throws IOException {
        try (ReaderSupplier files = ReaderSupplierFactory.open(file);
                RandomAccessReader in = files.get()) {
            return OnHeapGraphIndex.load(
                    in, slab.dimension(), OVERFLOW, new VamanaDiversityProvider(slab, alpha));
        }
    }
}
