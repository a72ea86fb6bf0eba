package io.vectron.worker.replica;

import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.proto.worker.v1.Failed;
import io.vectron.proto.worker.v1.FailureReason;
import io.vectron.proto.worker.v1.Joining;
import io.vectron.proto.worker.v1.Opening;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.Running;
import io.vectron.replication.GroupFailure;
import io.vectron.replication.GroupStatus;
import io.vectron.replication.PeerId;
import io.vectron.worker.storage.StoreDamage;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What becomes of a replica when something went wrong, and how others are told. */
final class Conditions {
    static final ReplicaCondition OPENING =
            ReplicaCondition.newBuilder().setOpening(Opening.getDefaultInstance()).build();
    static final ReplicaCondition JOINING =
            ReplicaCondition.newBuilder().setJoining(Joining.getDefaultInstance()).build();
    static final ReplicaCondition RUNNING =
            ReplicaCondition.newBuilder().setRunning(Running.getDefaultInstance()).build();

    private Conditions() {}

    /** Condition of a replica that closed because of an error. */
    static ReplicaCondition of(GroupFailure failure, long nowMs) {
        for (Throwable e = failure.cause(); e != null; e = e.getCause()) {
            if (e instanceof DamagedReplicaException known) {
                return known.condition(nowMs);
            }
        }
        return failed(reason(failure), String.valueOf(failure.cause()), nowMs);
    }

    static ReplicaCondition failed(FailureReason reason, String detail, long nowMs) {
        return ReplicaCondition.newBuilder()
                .setFailed(
                        Failed.newBuilder()
                                .setReason(reason)
                                .setRestartMayHelp(restartMayHelp(reason)))
                .setSinceMs(nowMs)
                .setDetail(detail)
                .build();
    }

    private static boolean restartMayHelp(FailureReason reason) {
        return reason == FailureReason.FAILURE_REASON_IO_ERROR
                || reason == FailureReason.FAILURE_REASON_DISK_FULL
                || reason == FailureReason.FAILURE_REASON_CLOSED;
    }

    /** Whether the replica stopped for lack of room on the disk alone. */
    static boolean isNoRoom(ReplicaCondition condition) {
        return condition.getFailed().getReason() == FailureReason.FAILURE_REASON_DISK_FULL;
    }

    /** Whether the replica stays closed when the worker starts again. */
    static boolean outlivesRestart(ReplicaCondition condition) {
        return condition.hasQuarantined()
                || (condition.hasFailed() && !condition.getFailed().getRestartMayHelp());
    }

    private static FailureReason reason(GroupFailure failure) {
        FailureReason reason = reasonOfCause(failure);
        boolean damaged =
                reason == FailureReason.FAILURE_REASON_CORRUPT_STORE
                        || reason == FailureReason.FAILURE_REASON_CORRUPT_SEGMENT;
        return damaged && failure.stage() == GroupFailure.Stage.SNAPSHOT
                ? FailureReason.FAILURE_REASON_CORRUPT_SNAPSHOT
                : reason;
    }

    private static FailureReason reasonOfCause(GroupFailure failure) {
        if (NoRoom.caused(failure.cause())) {
            return FailureReason.FAILURE_REASON_DISK_FULL;
        }
        for (Throwable e = failure.cause(); e != null; e = e.getCause()) {
            if (e instanceof CorruptSegmentException) {
                return FailureReason.FAILURE_REASON_CORRUPT_SEGMENT;
            }
            switch (StoreDamage.of(e)) {
                case DAMAGED -> {
                    return FailureReason.FAILURE_REASON_CORRUPT_STORE;
                }
                case UNREADABLE -> {
                    return FailureReason.FAILURE_REASON_IO_ERROR;
                }
                case NO_ROOM, NONE -> {}
            }
            if (e instanceof FileSystemException && !(e instanceof NoSuchFileException)) {
                return FailureReason.FAILURE_REASON_IO_ERROR;
            }
        }
        boolean inReading = failure.cause() instanceof IOException;
        return switch (failure.stage()) {
            case OPEN, OWNER, APPLY ->
                    inReading
                            ? FailureReason.FAILURE_REASON_CORRUPT_STORE
                            : FailureReason.FAILURE_REASON_DEFECT;
            case SNAPSHOT ->
                    inReading
                            ? FailureReason.FAILURE_REASON_CORRUPT_SNAPSHOT
                            : FailureReason.FAILURE_REASON_DEFECT;
            case LOG -> FailureReason.FAILURE_REASON_CORRUPT_RAFT_LOG;
            case LOG_WRITE -> FailureReason.FAILURE_REASON_IO_ERROR;
        };
    }

    /** Condition of a replica that has no error, as its group stands. */
    static ReplicaCondition of(GroupStatus status, PeerId self) {
        return switch (status.lifecycle()) {
            case ABSENT, FAILED -> OPENING; // going away, coming, or about to tell why it failed
            case CLOSED -> failed(FailureReason.FAILURE_REASON_CLOSED, "its group is closed", 0);
            case STARTING -> status.members().isEmpty() ? JOINING : OPENING;
            case INSTALLING -> JOINING;
            case RUNNING ->
                    status.role() == GroupStatus.Role.LISTENER
                                    || status.members().stream()
                                            .anyMatch(peer -> peer.id().equals(self))
                            ? RUNNING
                            : JOINING;
        };
    }
}
