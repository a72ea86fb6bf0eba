package io.vectron.worker.api;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectron.index.Admission;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.SetEpoch;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.proto.worker.v1.Invalid;
import io.vectron.proto.worker.v1.NotLeader;
import io.vectron.proto.worker.v1.Overloaded;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaUnavailable;
import io.vectron.proto.worker.v1.ReportLogRequest;
import io.vectron.proto.worker.v1.ReportLogResponse;
import io.vectron.proto.worker.v1.SetEpochResponse;
import io.vectron.proto.worker.v1.Undecided;
import io.vectron.proto.worker.v1.UnknownShard;
import io.vectron.replication.GroupId;
import io.vectron.replication.Peer;
import io.vectron.replication.ProposeResult;
import io.vectron.replication.ReplicationNode;
import io.vectron.worker.replica.Replicas;
import io.vectron.worker.replica.ShardReplica;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes to shards: checks in front what need not reach the log, stamps the entry, proposes it, and
 * says what became of it. The last word on a batch has the state machine.
 */
final class Ingest {
    private static final int TAIL_RETRY_MS = 50;
    private static final int HOT_RETRY_MS = 1_000;
    private static final int DISK_RETRY_MS = 5_000;

    private final ReplicationNode node;
    private final Function<UUID, @Nullable ShardReplica> replicas;
    private final Room room;
    private final InstantSource clock;

    Ingest(
            ReplicationNode node,
            Function<UUID, @Nullable ShardReplica> replicas,
            Room room,
            InstantSource clock) {
        this.node = node;
        this.replicas = replicas;
        this.room = room;
        this.clock = clock;
    }

    /**
     * Applies a batch.
     *
     * @param journey its way so far; only remembered
     */
    CompletableFuture<ApplyBatchResponse> apply(
            UUID group, ApplyBatch batch, BatchJourney journey) {
        ShardReplica replica = replicas.apply(group);
        if (replica == null) {
            return CompletableFuture.completedFuture(unknownShard());
        }
        ReplicaCondition stopped = replica.stopped();
        if (stopped != null) {
            return CompletableFuture.completedFuture(
                    ApplyBatchResponse.newBuilder().setUnavailable(unavailable(stopped)).build());
        }
        ReplicaCondition halted = Replicas.halted(replica);
        if (halted != null) {
            // What is applied already is the state machine's to say, and nobody sends that for
            // long.
            return CompletableFuture.completedFuture(
                    ApplyBatchResponse.newBuilder().setUnavailable(unavailable(halted)).build());
        }
        if (room.diskFull()) {
            return CompletableFuture.completedFuture(overloaded(DISK_RETRY_MS, "DISK_FULL"));
        }
        int rows = rows(batch);
        return switch (replica.reserve(rows)) {
            case TAIL_FULL ->
                    CompletableFuture.completedFuture(
                            overloaded(TAIL_RETRY_MS, "INDEX_" + Admission.TAIL_FULL));
            case HOT_FULL ->
                    CompletableFuture.completedFuture(
                            overloaded(HOT_RETRY_MS, "INDEX_" + Admission.HOT_FULL));
            case ADMITTED -> {
                replica.announced(batch.getTo(), journey);
                yield node.propose(
                                new GroupId(group),
                                entry().setApplyBatch(batch).build().toByteArray())
                        .whenComplete((result, failure) -> {
                            replica.settled(batch.getTo());
                            replica.release(rows);
                        })
                        .thenApply(result -> batchAnswer(replica, result));
            }
        };
    }

    CompletableFuture<SetEpochResponse> setEpoch(UUID group, long epoch) {
        ShardReplica replica = replicas.apply(group);
        if (replica == null) {
            return CompletableFuture.completedFuture(
                    SetEpochResponse.newBuilder()
                            .setUnknownShard(UnknownShard.getDefaultInstance())
                            .build());
        }
        ReplicaCondition stopped = replica.stopped();
        if (stopped != null) {
            return CompletableFuture.completedFuture(
                    SetEpochResponse.newBuilder().setUnavailable(unavailable(stopped)).build());
        }
        SetEpoch command = SetEpoch.newBuilder().setEpoch(epoch).build();
        return node.propose(new GroupId(group), entry().setSetEpoch(command).build().toByteArray())
                .thenApply(result -> epochAnswer(replica, result));
    }

    /** Tells a shard what was found in its log. */
    CompletableFuture<ReportLogResponse> report(UUID group, ReportLogRequest request) {
        ReportLogResponse.Builder answer = ReportLogResponse.newBuilder();
        ShardReplica replica = replicas.apply(group);
        if (replica == null) {
            return CompletableFuture.completedFuture(
                    answer.setUnknownShard(UnknownShard.getDefaultInstance()).build());
        }
        ReplicaCondition stopped = replica.stopped();
        ReplicaCondition known = stopped == null ? Replicas.halted(replica) : stopped;
        if (known != null) {
            return CompletableFuture.completedFuture(
                    answer.setUnavailable(unavailable(known)).build());
        }
        ShardEntry.Builder entry = entry();
        if (request.hasHalt()) {
            entry.setHalt(request.getHalt());
        } else {
            entry.setCaughtUp(request.getCaughtUp());
        }
        return node.propose(new GroupId(group), entry.build().toByteArray())
                .thenApply(result -> reportAnswer(replica, result));
    }

    private ShardEntry.Builder entry() {
        return ShardEntry.newBuilder().setStampedAtMs(clock.millis());
    }

    private static int rows(ApplyBatch batch) {
        int rows = 0;
        for (LogRecord record : batch.getRecordsList()) {
            rows += record.hasPoint() ? 1 : 0;
        }
        return rows;
    }

    private static ApplyBatchResponse batchAnswer(ShardReplica replica, ProposeResult result) {
        return switch (result) {
            case ProposeResult.Applied applied -> parseBatchAnswer(applied.answer());
            case ProposeResult.NotLeader(var leader) ->
                    ApplyBatchResponse.newBuilder().setNotLeader(notLeader(leader)).build();
            case ProposeResult.TooLarge(int bytes, int limit) ->
                    ApplyBatchResponse.newBuilder()
                            .setInvalid(
                                    Invalid.newBuilder()
                                            .setMessage(
                                                    "entry of "
                                                            + bytes
                                                            + " bytes, at most "
                                                            + limit))
                            .build();
            case ProposeResult.UnknownGroup() -> unknownShard();
            case ProposeResult.Unavailable(var reason) -> {
                ReplicaCondition stopped = replica.stopped();
                ApplyBatchResponse.Builder answer = ApplyBatchResponse.newBuilder();
                yield stopped == null
                        ? answer.setUndecided(undecided(reason)).build()
                        : answer.setUnavailable(unavailable(stopped)).build();
            }
        };
    }

    private static ReportLogResponse reportAnswer(ShardReplica replica, ProposeResult result) {
        ApplyBatchResponse told = batchAnswer(replica, result);
        ReportLogResponse.Builder answer = ReportLogResponse.newBuilder();
        return switch (told.getOutcomeCase()) {
            case APPLIED -> answer.setApplied(told.getApplied()).build();
            case UNAVAILABLE -> answer.setUnavailable(told.getUnavailable()).build();
            case NOT_LEADER -> answer.setNotLeader(told.getNotLeader()).build();
            case UNKNOWN_SHARD -> answer.setUnknownShard(told.getUnknownShard()).build();
            case OVERLOADED -> answer.setOverloaded(told.getOverloaded()).build();
            case INVALID -> answer.setInvalid(told.getInvalid()).build();
            case UNDECIDED -> answer.setUndecided(told.getUndecided()).build();
            case GAP, STALE_EPOCH, WRONG_TOPIC, OUTCOME_NOT_SET ->
                    throw new IllegalStateException("no answer to a report: " + told);
        };
    }

    private static SetEpochResponse epochAnswer(ShardReplica replica, ProposeResult result) {
        SetEpochResponse.Builder answer = SetEpochResponse.newBuilder();
        return switch (result) {
            case ProposeResult.Applied applied -> parseEpochAnswer(applied.answer());
            case ProposeResult.NotLeader(var leader) ->
                    answer.setNotLeader(notLeader(leader)).build();
            case ProposeResult.TooLarge(int bytes, int limit) ->
                    throw new IllegalStateException("an epoch of " + bytes + " bytes");
            case ProposeResult.UnknownGroup() ->
                    answer.setUnknownShard(UnknownShard.getDefaultInstance()).build();
            case ProposeResult.Unavailable(var reason) -> {
                ReplicaCondition stopped = replica.stopped();
                yield stopped == null
                        ? answer.setUndecided(undecided(reason)).build()
                        : answer.setUnavailable(unavailable(stopped)).build();
            }
        };
    }

    private static ApplyBatchResponse parseBatchAnswer(byte[] answer) {
        try {
            return ApplyBatchResponse.parseFrom(answer);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the state machine's answer cannot be read", e);
        }
    }

    private static SetEpochResponse parseEpochAnswer(byte[] answer) {
        try {
            return SetEpochResponse.parseFrom(answer);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the state machine's answer cannot be read", e);
        }
    }

    private static Undecided undecided(String reason) {
        return Undecided.newBuilder().setReason(reason).build();
    }

    private static ReplicaUnavailable unavailable(ReplicaCondition stopped) {
        return ReplicaUnavailable.newBuilder().setCondition(stopped).build();
    }

    static NotLeader notLeader(@Nullable Peer leader) {
        return NotLeader.newBuilder().setLeader(leader == null ? "" : leader.id().id()).build();
    }

    private static ApplyBatchResponse unknownShard() {
        return ApplyBatchResponse.newBuilder()
                .setUnknownShard(UnknownShard.getDefaultInstance())
                .build();
    }

    private static ApplyBatchResponse overloaded(int retryAfterMs, String reason) {
        return ApplyBatchResponse.newBuilder()
                .setOverloaded(
                        Overloaded.newBuilder().setRetryAfterMs(retryAfterMs).setReason(reason))
                .build();
    }
}
