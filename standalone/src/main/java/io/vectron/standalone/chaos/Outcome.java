package io.vectron.standalone.chaos;

import io.vectron.standalone.history.Verdict;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one run, or several of them together, came to.
 *
 * @param runs collections that were written, read and judged
 * @param writes of single keys
 * @param reads through the gateway and of replicas
 * @param answers judged, each at every shard that it holds
 * @param violations in all runs
 * @param verdict the last one that was not clean, else the last one; null if nothing was judged
 * @param history where the history of that verdict was kept; null if it is clean
 * @param trouble why the faults ended before their time; null if they did not
 * @param tallies figures by kind of fault
 * @param calm figures of the times between faults
 */
public record Outcome(
        int runs,
        long writes,
        long reads,
        long answers,
        long violations,
        @Nullable Verdict verdict,
        @Nullable Path history,
        @Nullable String trouble,
        Map<FaultKind, Tally.Figures> tallies,
        Tally.Figures calm) {
    /** Keeps a copy, in the order of kinds. */
    public Outcome {
        tallies = Collections.unmodifiableMap(new TreeMap<>(tallies));
    }

    /** Whether nothing was violated, and the cluster came back from everything. */
    public boolean good() {
        return violations == 0 && trouble == null;
    }
}
