package io.vectron.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.index.merge.MergePolicy;
import io.vectron.index.vector.Scorer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedSearchTest {

    private static final int DIMENSION = 16;
    private static final int SEALED = 5;
    private static final int ROWS = 400; // of a segment
    private static final String HELPER = "helper";
    private static final IndexSpec SPEC =
            new IndexSpec(
                            DIMENSION,
                            Metric.COSINE,
                            new IndexLimits(4 * ROWS, 1L << 30, 2, 50, 0, 4_096),
                            new GraphSpec(8, 16, 1.2f, 1f))
                    .with(new MergePolicy(64, 1, 1 << 20, 1));

    @TempDir Path folder;

    private BuilderPool pool;
    private int version;

    @BeforeEach
    void startPool() {
        pool = new BuilderPool(1);
    }

    @AfterEach
    void stopPool() {
        pool.close();
    }

    /** Compares rows as usual, unless a helper does. */
    private static class Watched extends Scorer {

        private final Runnable byHelper;

        Watched(Runnable byHelper) {
            super(SPEC.metric());
            this.byHelper = byHelper;
        }

        @Override
        public float keyDistance(float[] query, float[] rows, int at) {
            if (Thread.currentThread().getName().equals(HELPER)) {
                byHelper.run();
            }
            return super.keyDistance(query, rows, at);
        }
    }

    private VectorIndex index(Scorer scorer) {
        return Indexes.open(SPEC, folder, Indexes.NOBODY, pool, 64, scorer);
    }

    /** Several sealed segments, some rows dead, and one in memory. Stands still. */
    private VectorIndex filled(Scorer scorer) {
        VectorIndex index = index(scorer);
        Random random = new Random(3);
        for (int segment = 0; segment <= SEALED; segment++) {
            fill(index, random, ROWS);
            if (segment < SEALED) {
                index.cut();
            }
            index.publish(version);
            Await.until("sealed", () -> index.stats().frozen() == 0);
        }
        for (int i = 0; i < version; i += 7) {
            index.delete(i, version);
        }
        fill(index, random, 30);
        index.publish(version);
        Await.until("in the graph", () -> index.stats().tailRows() == 0);
        assertThat(index.stats().sealed().segments()).isEqualTo(SEALED);
        return index;
    }

    private void fill(VectorIndex index, Random random, int rows) {
        for (int i = 0; i < rows; i++) {
            index.upsert("p" + version, version, row(random), VectorIndex.NONE);
            version++;
        }
    }

    private static float[] row(Random random) {
        return IndexModel.vector(random, Metric.COSINE, DIMENSION);
    }

    private static List<SearchQuery> queries() {
        Random random = new Random(4);
        List<SearchQuery> queries = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            DenseVector vector = DenseVector.of(row(random));
            queries.add(new SearchQuery(vector, 1 + random.nextInt(50), 20, i % 3 == 0));
        }
        queries.add(new SearchQuery(DenseVector.of(row(random)), 10_000, 1, true));
        return queries;
    }

    private static Thread helper(Runnable task) {
        return Thread.ofPlatform().name(HELPER).start(task);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void findsTheSameWithHelpers(int count) throws Exception {
        try (VectorIndex index = filled(new Scorer(SPEC.metric()));
                HelperThreads helpers = new HelperThreads(count);
                ExecutorService clients = Executors.newFixedThreadPool(3)) {
            List<SearchQuery> queries = queries();
            List<SearchResult> alone = queries.stream().map(index::search).toList();
            List<Future<List<SearchResult>>> answers = new ArrayList<>();
            for (int client = 0; client < 3; client++) {
                answers.add(
                        clients.submit(() ->
                                queries.stream().map(q -> index.search(q, helpers)).toList()));
            }
            for (Future<List<SearchResult>> answer : answers) {
                assertThat(answer.get()).isEqualTo(alone);
            }
            Await.until(
                    "helped",
                    () -> {
                        assertThat(index.search(queries.getFirst(), helpers))
                                .isEqualTo(alone.getFirst());
                        return helpers.taken() > 0;
                    });
        }
    }

    @Test
    void aHelperMayDoItAll() {
        try (VectorIndex index = filled(new Scorer(SPEC.metric()))) {
            Helpers inPlace =
                    new Helpers() {
                        @Override
                        public boolean offer(Runnable task) {
                            task.run();
                            return true;
                        }

                        @Override
                        public long leastFloats() {
                            return 0;
                        }
                    };
            for (SearchQuery query : queries()) {
                assertThat(index.search(query, inPlace)).isEqualTo(index.search(query));
            }
        }
    }

    @Test
    void aHelperThatStartsLateTouchesNothing() {
        List<Runnable> late = new ArrayList<>();
        Helpers slow = glad(late::add);
        SearchQuery query = queries().get(1);
        try (VectorIndex index = filled(new Scorer(SPEC.metric()))) {
            assertThat(index.search(query, slow)).isEqualTo(index.search(query));
        }
        assertThat(late).hasSize(SEALED); // all but its own
        late.forEach(Runnable::run); // would fail on a closed segment
    }

    @Test
    void nobodyIsAskedForOneSegmentOrForLittleWork() {
        List<Runnable> asked = new ArrayList<>();
        try (VectorIndex index = index(new Scorer(SPEC.metric()))) {
            fill(index, new Random(1), ROWS);
            index.publish(version);
            SearchQuery query = queries().getFirst();
            assertThat(index.search(query, glad(asked::add)).hits()).isNotEmpty();
        }
        version = 0;
        try (VectorIndex index = Indexes.open(SPEC, folder.resolve("other"), pool)) {
            fill(index, new Random(1), ROWS);
            index.publish(version);
            index.cut();
            fill(index, new Random(1), ROWS);
            index.publish(version);
            SearchQuery query = SearchQuery.exact(row(new Random(1)), 1);
            Helpers costly = asked::add;
            assertThat(index.search(query, costly).hits()).isNotEmpty();
            assertThat(asked).isEmpty();
            assertThat(index.search(query, glad(asked::add)).hits()).isNotEmpty();
            assertThat(asked).hasSize(1);
        }
    }

    private static Helpers glad(Predicate<Runnable> offer) {
        return new Helpers() {
            @Override
            public boolean offer(Runnable task) {
                return offer.test(task);
            }

            @Override
            public long leastFloats() {
                return 0;
            }
        };
    }

    @Test
    void waitsForTheSegmentThatAHelperHasEvenIfInterrupted() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Scorer scorer =
                new Watched(() -> {
                    began.countDown();
                    await(release);
                });
        try (VectorIndex index = index(scorer)) {
            fill(index, new Random(1), ROWS);
            index.cut();
            fill(index, new Random(2), 20);
            index.publish(version);
            SearchQuery query = SearchQuery.exact(row(new Random(5)), 1_000);
            Thread asking = Thread.currentThread();
            Thread releasing =
                    Thread.ofPlatform()
                            .start(() -> {
                                await(began);
                                asking.interrupt();
                                Await.until("waits", () -> waits(asking));
                                release.countDown();
                            });
            Helpers one =
                    glad(task -> {
                        helper(task);
                        await(began);
                        return true;
                    });
            SearchResult answer = index.search(query, one);
            assertThat(release.getCount()).isZero();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(answer.hits()).hasSize(ROWS + 20);
            releasing.join();
        }
    }

    private static boolean waits(Thread thread) {
        return thread.getState() == Thread.State.WAITING;
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false; // the asking thread is, on purpose
        while (true) {
            try {
                assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatAHelperFailsOnFailsTheSearch() throws Exception {
        Scorer scorer =
                new Watched(() -> {
                    throw new IllegalStateException("planted");
                });
        try (VectorIndex index = index(scorer)) {
            fill(index, new Random(1), ROWS);
            index.cut();
            fill(index, new Random(2), 20);
            index.publish(version);
            SearchQuery query = SearchQuery.exact(row(new Random(5)), 1_000);
            Helpers failing =
                    glad(task -> {
                        Thread thread = helper(task);
                        assertThat(joined(thread)).isTrue();
                        return true;
                    });
            assertThatThrownBy(() -> index.search(query, failing)).hasMessage("planted");
            assertThat(index.search(query).hits()).hasSize(ROWS + 20);
        }
    }

    private static boolean joined(Thread thread) {
        try {
            return thread.join(Duration.ofSeconds(20));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
