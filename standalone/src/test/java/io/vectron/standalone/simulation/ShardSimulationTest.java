package io.vectron.standalone.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shards under faults: {@code -Dvectron.seed=S} runs one seed, {@code -Dvectron.seeds=N} the first
 * N; else as many as fit a time. A failure tells its seed and what led to it; see docs/testing.md.
 */
class ShardSimulationTest {
    private static final Logger LOG = LoggerFactory.getLogger(ShardSimulationTest.class);
    private static final Duration TIME = Duration.ofSeconds(30);

    /** As many as are known to hold. */
    private static final long MOST = 8_000;

    /** So many seeds meet everything that may happen; fewer say nothing of what is rare. */
    private static final long ENOUGH = 500;

    private final AtomicLong next = new AtomicLong();
    private final NavigableMap<Long, Violation> broken = new ConcurrentSkipListMap<>();
    private final Map<Happening, Long> happened = new EnumMap<>(Happening.class); // under its lock

    @Test
    void promisesHoldUnderFaults() throws InterruptedException {
        Long only = Long.getLong("vectron.seed");
        if (only != null) {
            new Simulation(only, Bug.NONE).run();
            return;
        }
        Long most = Long.getLong("vectron.seeds");
        long begin = System.nanoTime();
        long end = most == null ? begin + TIME.toNanos() : Long.MAX_VALUE;
        long seeds = runAll(most == null ? MOST : most, end);
        if (!broken.isEmpty()) {
            LOG.error("of {} seeds {} broke a promise: {}", seeds, broken.size(), broken.keySet());
            throw broken.firstEntry().getValue();
        }
        double minutes = (System.nanoTime() - begin) / 60e9;
        LOG.info("{} seeds, {} a minute: {}", seeds, Math.round(seeds / minutes), happened);
        if (seeds >= ENOUGH) {
            assertThat(happened).containsOnlyKeys(Happening.values());
        }
    }

    /** The same seed is the same run, or a failure could not be looked into. */
    @Test
    void aSeedIsAlwaysTheSameRun() {
        Simulation one = new Simulation(3, Bug.NONE);
        Simulation other = new Simulation(3, Bug.NONE);
        one.run();
        other.run();
        assertThat(other.story()).isEqualTo(one.story());
        assertThat(other.happened()).isEqualTo(one.happened());
    }

    /** Runs seeds side by side; returns how many. */
    private long runAll(long seeds, long endNanos) throws InterruptedException {
        int threads = Runtime.getRuntime().availableProcessors();
        List<Callable<Long>> runners = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            runners.add(() -> runSome(seeds, endNanos));
        }
        var factory = Thread.ofPlatform().name("simulation-", 0).factory();
        long ran = 0;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads, factory)) {
            for (Future<Long> runner : pool.invokeAll(runners)) {
                ran += runner.get();
            }
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException found) {
                throw found;
            }
            throw new AssertionError(failed.getCause());
        }
        return ran;
    }

    private long runSome(long seeds, long endNanos) {
        long ran = 0;
        for (long seed = next.getAndIncrement();
                seed < seeds && System.nanoTime() < endNanos;
                seed = next.getAndIncrement()) {
            Simulation simulation = new Simulation(seed, Bug.NONE);
            try {
                simulation.run();
            } catch (Violation violation) {
                broken.put(seed, violation);
            }
            ran++;
            synchronized (happened) {
                simulation
                        .happened()
                        .forEach((what, times) -> happened.merge(what, (long) times, Long::sum));
            }
        }
        return ran;
    }
}
