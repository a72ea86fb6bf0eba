package io.vectron.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random upserts, updates, deletes and publications against the model; bugs planted are caught. */
class VectorIndexModelTest {

    private static final int SEEDS = Integer.getInteger("vectron.seeds", 100);
    private static final int RUNNERS = 6;
    private static final List<SegmentLayout> LAYOUTS = List.of(SegmentLayout.values());

    @TempDir Path root;

    private BuilderPool pool;
    private HelperThreads helpers;
    private final AtomicInteger folders = new AtomicInteger();

    @BeforeEach
    void startPool() {
        pool = new BuilderPool(2);
        helpers = new HelperThreads(2);
    }

    @AfterEach
    void stopPool() {
        pool.close();
        helpers.close();
    }

    @Test
    void answersTheStateAtTheWatermarkForEverySeed() throws Exception {
        RandomRun.Seen seen = RandomRun.Seen.NOTHING;
        // Runs wait for background work most of the time.
        try (ExecutorService runners = Executors.newFixedThreadPool(RUNNERS)) {
            List<Future<RandomRun.Seen>> runs = new ArrayList<>();
            for (long i = 0; i < SEEDS; i++) {
                long seed = i;
                runs.add(runners.submit(() -> run(seed, UnaryOperator.identity())));
            }
            for (Future<RandomRun.Seen> run : runs) {
                seen = seen.plus(run.get());
            }
        }
        // The runs were worth something: graphs were walked, rows died, segments followed each
        // other.
        assertThat(seen.exact()).as("%s", seen).isGreaterThan(30 * SEEDS);
        assertThat(seen.approximate()).as("%s", seen).isGreaterThan(30 * SEEDS);
        assertThat(seen.work().builds()).as("%s", seen).isGreaterThan(20L * SEEDS);
        assertThat(seen.work().seals()).as("%s", seen).isGreaterThan(SEEDS);
        assertThat(seen.work().merges()).as("%s", seen).isGreaterThan(SEEDS / 4);
        assertThat(seen.work().crashes()).as("%s", seen).isGreaterThan(SEEDS);
        assertThat(helpers.taken()).as("helped").isGreaterThan(SEEDS);
        assertThat(seen.recall()).as("%s", seen).isGreaterThan(0.95);
    }

    @ParameterizedTest
    @EnumSource(PlantedBug.class)
    void catchesPlantedBugs(PlantedBug bug) {
        List<Throwable> caught = new ArrayList<>();
        int seeds = 20;
        for (long seed = 0; seed < seeds; seed++) {
            try {
                run(seed, bug::plant);
            } catch (AssertionError error) {
                caught.add(error);
            }
        }
        assertThat(caught).hasSizeGreaterThan(seeds / 2);
    }

    private IndexPort.Opener opener(IndexSpec spec, int slice) {
        Path folder = root.resolve("index-" + folders.incrementAndGet());
        AtomicInteger openings = new AtomicInteger();
        return owner -> {
            // Another one after each crash: folders come to hold segments of both.
            int opening = openings.getAndIncrement();
            SegmentLayout layout =
                    opening == 0 ? spec.layout() : LAYOUTS.get(opening % LAYOUTS.size());
            return Indexes.open(spec.with(layout), folder, owner, pool, slice);
        };
    }

    private RandomRun.Seen run(long seed, UnaryOperator<IndexPort> plant) {
        try {
            return new RandomRun(
                            seed,
                            (spec, slice) ->
                                    plant.apply(IndexPort.of(opener(spec, slice), helpers)))
                    .run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    /** Ways to be wrong that the model must notice. */
    enum PlantedBug {
        /** The index says W but shows the state of an earlier one. */
        WATERMARK_TOO_EARLY {
            @Override
            IndexPort plant(IndexPort index) {
                return new Forwarding(index) {
                    private long held;
                    private long claimed;

                    @Override
                    public void publish(long position) {
                        super.publish(held);
                        held = position;
                        claimed = position;
                    }

                    @Override
                    public SearchResult search(SearchQuery query) {
                        SearchResult result = super.search(query);
                        return new SearchResult(claimed, result.hits(), result.visited());
                    }
                };
            }
        },
        /** Every fifth delete is lost. */
        DELETE_LOST {
            @Override
            IndexPort plant(IndexPort index) {
                AtomicInteger deletes = new AtomicInteger();
                return new Forwarding(index) {
                    @Override
                    public void delete(String id, long offset) {
                        if (deletes.incrementAndGet() % 5 != 0) {
                            super.delete(id, offset);
                        }
                    }
                };
            }
        },
        /** A delete is visible before its batch is published. */
        DELETE_TOO_EARLY {
            @Override
            IndexPort plant(IndexPort index) {
                return new Forwarding(index) {
                    @Override
                    public void delete(String id, long offset) {
                        super.delete(id, offset);
                        super.publish(offset + 1);
                    }
                };
            }
        },
        /** Every tenth upsert does not supersede the former version. */
        TWO_VERSIONS {
            @Override
            IndexPort plant(IndexPort index) {
                AtomicInteger upserts = new AtomicInteger();
                return new Forwarding(index) {
                    @Override
                    public void upsert(String id, long born, float[] vector) {
                        int n = upserts.incrementAndGet();
                        super.upsert(n % 10 == 0 ? id + "#" + n : id, born, vector);
                    }

                    @Override
                    public SearchResult search(SearchQuery query) {
                        SearchResult result = super.search(query);
                        List<SearchResult.Hit> hits =
                                result.hits().stream()
                                        .map(h ->
                                                new SearchResult.Hit(
                                                        h.id().replaceAll("#.*", ""),
                                                        h.version(),
                                                        h.distance(),
                                                        h.score()))
                                        .toList();
                        return new SearchResult(result.position(), hits, result.visited());
                    }
                };
            }
        },
        /** Every thirtieth row cannot be found. */
        ROW_MISSING {
            @Override
            IndexPort plant(IndexPort index) {
                AtomicInteger upserts = new AtomicInteger();
                return new Forwarding(index) {
                    @Override
                    public void upsert(String id, long born, float[] vector) {
                        if (upserts.incrementAndGet() % 30 != 0) {
                            super.upsert(id, born, vector);
                        }
                    }
                };
            }
        };

        abstract IndexPort plant(IndexPort index);
    }

    private static class Forwarding implements IndexPort {
        private final IndexPort index;

        Forwarding(IndexPort index) {
            this.index = index;
        }

        @Override
        public void upsert(String id, long born, float[] vector) {
            index.upsert(id, born, vector);
        }

        @Override
        public void delete(String id, long offset) {
            index.delete(id, offset);
        }

        @Override
        public void publish(long position) {
            index.publish(position);
        }

        @Override
        public void cut() {
            index.cut();
        }

        @Override
        public SearchResult search(SearchQuery query) {
            return index.search(query);
        }

        @Override
        public IndexStats stats() {
            return index.stats();
        }

        @Override
        public long crash(Random random) {
            return index.crash(random);
        }

        @Override
        public void failNext(int calls) {
            index.failNext(calls);
        }

        @Override
        public void close() {
            index.close();
        }
    }
}
