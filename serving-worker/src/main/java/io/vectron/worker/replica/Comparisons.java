package io.vectron.worker.replica;

import io.vectron.worker.shard.DigestVotes.Noted;
import io.vectron.worker.shard.DigestVotes.Verdict;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a replica's digest compared with those of the others. The counts are for any thread. */
public final class Comparisons {
    private static final Logger LOG = LoggerFactory.getLogger(Comparisons.class);

    private final String label;
    private final LongAdder agreed = new LongAdder();
    private final LongAdder outvoted = new LongAdder();
    private final LongAdder split = new LongAdder();

    Comparisons(String label) {
        this.label = label;
    }

    /** Counts a verdict; what must become of the replica, null if nothing. */
    @Nullable DamagedReplicaException judge(Verdict verdict) {
        switch (verdict) {
            case Verdict.Open() -> {}
            case Verdict.Agreed(Noted same) -> {
                agreed.increment();
                LOG.debug("shard {} agrees on {}", label, same);
            }
            case Verdict.Split(long position) -> {
                split.increment();
                LOG.warn("shard {}: members differ at {}, no majority yet", label, position);
            }
            case Verdict.Outvoted(Noted own, Noted majority) -> {
                outvoted.increment();
                return DamagedReplicaException.outvoted(own, majority);
            }
        }
        return null;
    }

    /** Most members had the same. */
    public long agreed() {
        return agreed.sum();
    }

    /** Most members had the same, and this one did not. */
    public long outvoted() {
        return outvoted.sum();
    }

    /** Members differed and none had a majority at that moment. */
    public long split() {
        return split.sum();
    }
}
