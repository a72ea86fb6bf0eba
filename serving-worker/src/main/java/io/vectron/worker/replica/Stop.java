package io.vectron.worker.replica;

import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.replication.GroupFailure;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a replica has stopped by itself, and why: once, and for the first reason. Any thread. */
final class Stop {
    private static final Logger LOG = LoggerFactory.getLogger(Stop.class);

    private final String label;
    private final InstantSource clock;
    private final Runnable first;
    private volatile @Nullable ReplicaCondition why; // set once, holding this
    private volatile Consumer<ReplicaCondition> listener = known -> {};

    /**
     * @param first done at once when it stops
     */
    Stop(String label, InstantSource clock, Runnable first) {
        this.label = label;
        this.clock = clock;
        this.first = first;
    }

    /** Who is told; must not block. To be called before the replica is opened. */
    void tell(Consumer<ReplicaCondition> told) {
        listener = told;
    }

    /** Why it answers nothing; null while it may. */
    @Nullable ReplicaCondition why() {
        return why;
    }

    /** It stops because of a failure, unless it has already; why. */
    ReplicaCondition now(GroupFailure failure) {
        ReplicaCondition fresh;
        synchronized (this) {
            ReplicaCondition before = why;
            if (before != null) {
                return before;
            }
            fresh = Conditions.of(failure, clock.millis());
            why = fresh;
        }
        first.run();
        LOG.error("shard {} stops on this worker: {}", label, fresh.getDetail(), failure.cause());
        listener.accept(fresh);
        return fresh;
    }

    /** It stopped before this process began, and stays so. */
    void before(ReplicaCondition known) {
        synchronized (this) {
            why = known;
        }
        first.run();
    }
}
