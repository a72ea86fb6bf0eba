package io.vectron.worker.search;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.worker.replica.Reading;
import io.vectron.worker.replica.ShardReplica;
import java.util.Map;

/** Whether a replica has reached the position that a read asks for. */
sealed interface Freshness {
    /** It has. */
    record Fresh() implements Freshness {}

    /** It has not, and there is no time left. */
    record Behind(long position) implements Freshness {}

    /** It is going away. */
    record Gone() implements Freshness {}

    /** Waits for the position as long as there is patience. */
    static Freshness await(ShardReplica replica, long position, Patience patience) {
        if (position <= 0) {
            return new Fresh();
        }
        try {
            return switch (replica.waiters().await(position, patience.leftNanos())) {
                case REACHED -> new Fresh();
                case TIMED_OUT -> behind(replica);
                case CLOSED -> new Gone();
                case TOO_MANY ->
                        throw new VectronException(
                                ErrorCode.OVERLOADED,
                                null,
                                "too many reads wait for " + replica.facts().label(),
                                Map.of("retry_after_ms", "100"));
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VectronException(ErrorCode.CANCELLED, "the call was cancelled");
        }
    }

    private static Freshness behind(ShardReplica replica) {
        try (Reading reading = replica.read()) {
            return reading == null ? new Gone() : new Behind(reading.state().position());
        }
    }
}
