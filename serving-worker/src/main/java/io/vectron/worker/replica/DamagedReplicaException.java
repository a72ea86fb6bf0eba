package io.vectron.worker.replica;

import io.vectron.proto.worker.v1.DigestOutvoted;
import io.vectron.proto.worker.v1.Failed;
import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.IndexDiffers;
import io.vectron.proto.worker.v1.Quarantined;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.RowsChanged;
import io.vectron.worker.shard.DigestCheck;
import io.vectron.worker.shard.DigestVotes.Noted;
import io.vectron.worker.shard.ShardState;
import org.jspecify.annotations.Nullable;

/** A replica must not go on, and it is known why. */
public final class DamagedReplicaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient ReplicaCondition condition;

    private DamagedReplicaException(String message, ReplicaCondition condition) {
        super(message);
        this.condition = condition;
    }

    /** Its rows are not those of the log. */
    public static DamagedReplicaException quarantined(String message, Quarantined why) {
        return new DamagedReplicaException(
                message,
                ReplicaCondition.newBuilder().setQuarantined(why).setDetail(message).build());
    }

    /** Its rows do not give the digest that was kept while they were written. */
    static DamagedReplicaException rowsChanged(DigestCheck check) {
        return quarantined(
                check.describe(),
                Quarantined.newBuilder()
                        .setRowsChanged(
                                RowsChanged.newBuilder()
                                        .setPosition(check.position())
                                        .setKept(check.maintained().toString())
                                        .setComputed(check.recomputed().toString())
                                        .setRowsKept(check.maintainedRows())
                                        .setRowsFound(check.rows()))
                        .build());
    }

    /** Most members have another digest at the same position. */
    static DamagedReplicaException outvoted(Noted own, Noted majority) {
        return quarantined(
                "DIGEST_MISMATCH: "
                        + own.rows()
                        + " rows with digest "
                        + own.digest()
                        + " at "
                        + own.position()
                        + "; most members have "
                        + majority.rows()
                        + " with "
                        + majority.digest(),
                Quarantined.newBuilder()
                        .setOutvoted(
                                DigestOutvoted.newBuilder()
                                        .setPosition(own.position())
                                        .setDigest(own.digest().toString())
                                        .setMajority(majority.digest().toString()))
                        .build());
    }

    /** Rows and index do not hold as many points. */
    static DamagedReplicaException indexDiffers(ShardState state, long live) {
        return quarantined(
                "INDEX_MISMATCH: the index has " + live + " live rows, the store " + state.rows(),
                Quarantined.newBuilder()
                        .setIndexDiffers(
                                IndexDiffers.newBuilder()
                                        .setPosition(state.position())
                                        .setMissing(Math.max(0, state.rows() - live))
                                        .setExtra(Math.max(0, live - state.rows())))
                        .build());
    }

    /** The index has a row that is not the store's. */
    static DamagedReplicaException rowDiffers(
            ShardState state, String id, long version, @Nullable Long stored) {
        return quarantined(
                "INDEX_MISMATCH: the index has '"
                        + id
                        + "' of version "
                        + version
                        + ", the store "
                        + (stored == null ? "does not have it" : "version " + stored),
                Quarantined.newBuilder()
                        .setIndexDiffers(
                                IndexDiffers.newBuilder()
                                        .setPosition(state.position())
                                        .setMissing(stored == null ? 0 : 1)
                                        .setExtra(1))
                        .build());
    }

    /** It cannot work again before it is removed and added anew. */
    static DamagedReplicaException failed(FailureReason reason, String message) {
        return new DamagedReplicaException(
                message,
                ReplicaCondition.newBuilder()
                        .setFailed(Failed.newBuilder().setReason(reason))
                        .setDetail(message)
                        .build());
    }

    /** It closed before, for this. */
    static DamagedReplicaException again(ReplicaCondition condition) {
        return new DamagedReplicaException("closed before: " + condition.getDetail(), condition);
    }

    /** What others are told; found now unless it was known before. */
    ReplicaCondition condition(long nowMs) {
        return condition.getSinceMs() == 0
                ? condition.toBuilder().setSinceMs(nowMs).build()
                : condition;
    }
}
