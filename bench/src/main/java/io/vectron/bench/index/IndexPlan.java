package io.vectron.bench.index;

import io.vectron.bench.index.engine.Engines;
import io.vectron.bench.index.engine.IndexShape;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to run.
 *
 * @param cases of {@link IndexBench#CASES}
 * @param engines of {@link Engines#names()}
 * @param efs candidates kept a search
 * @param threads threads that search, and share the queries
 * @param buildThreads threads that build, where the engine can use them
 * @param rounds passes over the queries by each engine and ef
 * @param turnovers how often every row is rewritten
 * @param writeSeconds how long searches go on beside writes
 * @param pauseSeconds the same where pauses are looked for
 * @param parameters of the graphs that are compared, {@link IndexShape#of} reads them
 * @param cache folder for builds and exact answers, or null
 * @param python the program that runs hnswlib
 */
record IndexPlan(
        Set<String> cases,
        List<String> engines,
        List<Integer> efs,
        int threads,
        int buildThreads,
        int rounds,
        int turnovers,
        int writeSeconds,
        int pauseSeconds,
        List<String> parameters,
        @Nullable Path cache,
        String python) {

    /** Refuses names that do not exist and counts out of range. */
    IndexPlan {
        cases = Set.copyOf(cases);
        engines = engines.stream().distinct().toList();
        efs = efs.stream().distinct().sorted().toList();
        known("case", IndexBench.CASES, cases);
        known("engine", Engines.names(), engines);
        if (efs.isEmpty() || efs.getFirst() < IndexBench.K || efs.getLast() > 10_000) {
            throw new IllegalArgumentException("ef must be " + IndexBench.K + "..10000: " + efs);
        }
        positive("threads", threads);
        positive("build-threads", buildThreads);
        positive("rounds", rounds);
        positive("turnovers", turnovers);
        positive("seconds", writeSeconds);
        positive("seconds", pauseSeconds);
        parameters = parameters.stream().distinct().toList();
        parameters.forEach(IndexShape::of);
    }

    private static void known(String kind, Collection<String> all, Collection<String> chosen) {
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no " + kind + " is left to run");
        }
        for (String name : chosen) {
            if (!all.contains(name)) {
                throw new IllegalArgumentException(
                        "no " + kind + " '" + name + "'; there are: " + String.join(", ", all));
            }
        }
    }

    private static void positive(String name, int number) {
        if (number < 1) {
            throw new IllegalArgumentException(name + " must be 1 or more, not " + number);
        }
    }
}
