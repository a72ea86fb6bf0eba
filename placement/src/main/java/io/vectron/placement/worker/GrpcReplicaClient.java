package io.vectron.placement.worker;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectron.common.error.Blame;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.placement.model.Failure;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.ChangeMembersRequest;
import io.vectron.proto.worker.v1.ChangeMembersResponse;
import io.vectron.proto.worker.v1.DescribeReplicaRequest;
import io.vectron.proto.worker.v1.DescribeReplicaResponse;
import io.vectron.proto.worker.v1.PositionRequest;
import io.vectron.proto.worker.v1.PositionResponse;
import io.vectron.proto.worker.v1.RemoveReplicaRequest;
import io.vectron.proto.worker.v1.SetEpochRequest;
import io.vectron.proto.worker.v1.SetEpochResponse;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** {@link ReplicaClient} over gRPC. */
public final class GrpcReplicaClient implements ReplicaClient {
    private final Channels channels = new Channels();
    private final long callMs;

    /**
     * Does not connect yet.
     *
     * @param call longest wait for an answer
     */
    public GrpcReplicaClient(Duration call) {
        this.callMs = call.toMillis();
    }

    @Override
    public Result add(Address worker, AddReplicaRequest request) throws InterruptedException {
        return call(() -> stub(worker).addReplica(request));
    }

    @Override
    public Result remove(Address worker, String group) throws InterruptedException {
        RemoveReplicaRequest request = RemoveReplicaRequest.newBuilder().setGroup(group).build();
        return call(() -> stub(worker).removeReplica(request));
    }

    @Override
    public Leader leader(Address worker, String group) throws InterruptedException {
        PositionResponse answer;
        try {
            answer = stub(worker).position(PositionRequest.newBuilder().setGroup(group).build());
        } catch (StatusRuntimeException failed) {
            stopIfInterrupted(failed);
            return new Leader.NotHere(reason(failed));
        }
        return switch (answer.getOutcomeCase()) {
            case APPLIED -> new Leader.Here(answer.getTopicId());
            case UNKNOWN_SHARD -> new Leader.NotHere("the worker does not have it");
            case NOT_LEADER ->
                    new Leader.NotHere("leader is '" + answer.getNotLeader().getLeader() + "'");
            case UNAVAILABLE ->
                    new Leader.NotHere(
                            "the replica is "
                                    + answer.getUnavailable().getCondition().getConditionCase());
            case OUTCOME_NOT_SET -> new Leader.NotHere("the worker's answer is empty");
        };
    }

    @Override
    public Led changeMembers(Address worker, ChangeMembersRequest request)
            throws InterruptedException {
        ChangeMembersResponse answer;
        try {
            answer = stub(worker).changeMembers(request);
        } catch (StatusRuntimeException failed) {
            stopIfInterrupted(failed);
            return new Led.Unavailable(reason(failed));
        }
        return switch (answer.getOutcomeCase()) {
            case CHANGED -> new Led.Done();
            case NOT_LEADER -> new Led.NotLeader(answer.getNotLeader().getLeader());
            case UNKNOWN_SHARD -> new Led.Unavailable("the worker does not have it");
            case PREPARING -> new Led.NotYet("it puts its rows into files for whoever joins");
            case NOT_CONFIRMED -> new Led.Unavailable(answer.getNotConfirmed().getReason());
            case OUTCOME_NOT_SET -> new Led.Unavailable("the worker's answer is empty");
        };
    }

    @Override
    public Led setEpoch(Address worker, String group, long epoch) throws InterruptedException {
        SetEpochResponse answer;
        try {
            answer =
                    stub(worker)
                            .setEpoch(
                                    SetEpochRequest.newBuilder()
                                            .setGroup(group)
                                            .setEpoch(epoch)
                                            .build());
        } catch (StatusRuntimeException failed) {
            stopIfInterrupted(failed);
            return new Led.Unavailable(reason(failed));
        }
        return switch (answer.getOutcomeCase()) {
            case EPOCH ->
                    answer.getEpoch() >= epoch
                            ? new Led.Done()
                            : new Led.Unavailable("the epoch is " + answer.getEpoch());
            case NOT_LEADER -> new Led.NotLeader(answer.getNotLeader().getLeader());
            case UNKNOWN_SHARD -> new Led.Unavailable("the worker does not have it");
            case OVERLOADED -> new Led.Unavailable(answer.getOverloaded().getReason());
            case UNAVAILABLE ->
                    new Led.Unavailable(answer.getUnavailable().getCondition().getDetail());
            case UNDECIDED -> new Led.Unavailable(answer.getUndecided().getReason());
            case OUTCOME_NOT_SET -> new Led.Unavailable("the worker's answer is empty");
        };
    }

    @Override
    public Described describe(Address worker, String group) throws InterruptedException {
        DescribeReplicaRequest request =
                DescribeReplicaRequest.newBuilder().setGroup(group).build();
        DescribeReplicaResponse answer;
        try {
            answer = stub(worker).describeReplica(request);
        } catch (StatusRuntimeException failed) {
            stopIfInterrupted(failed);
            return new Described.Unavailable(reason(failed));
        }
        return switch (answer.getOutcomeCase()) {
            case REPLICA -> new Described.Here(answer.getReplica());
            case UNKNOWN_SHARD -> new Described.Absent();
            case OUTCOME_NOT_SET -> new Described.Unavailable("the worker's answer is empty");
        };
    }

    @Override
    public void close() {
        channels.close();
    }

    private WorkerServiceGrpc.WorkerServiceBlockingStub stub(Address worker) {
        return WorkerServiceGrpc.newBlockingStub(channels.to(worker))
                .withDeadlineAfter(callMs, TimeUnit.MILLISECONDS);
    }

    private static Result call(Runnable call) throws InterruptedException {
        try {
            call.run();
            return new Result.Done();
        } catch (StatusRuntimeException failed) {
            stopIfInterrupted(failed);
            VectronException error = GrpcErrors.decode(failed);
            boolean refused =
                    error != null
                            ? error.code().blame() == Blame.CALLER
                            : refusing(failed.getStatus().getCode());
            if (!refused) {
                return new Result.Unavailable(reason(failed));
            }
            VectronException known = error == null ? GrpcErrors.fromGrpc(failed) : error;
            String field = known.field();
            return new Result.Refused(
                    new Failure(
                            known.code().name(),
                            field == null ? "" : field,
                            "a worker refuses: " + known.getMessage()));
        }
    }

    /** Whether a status that carries no code of ours says that no retry will help. */
    private static boolean refusing(Status.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE, UNIMPLEMENTED -> true;
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    DEADLINE_EXCEEDED,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED,
                    ABORTED,
                    INTERNAL,
                    UNAVAILABLE,
                    DATA_LOSS,
                    UNAUTHENTICATED ->
                    false;
        };
    }

    private static void stopIfInterrupted(StatusRuntimeException failed)
            throws InterruptedException {
        if (Thread.interrupted()) {
            InterruptedException stopped = new InterruptedException("a call was interrupted");
            stopped.initCause(failed);
            throw stopped;
        }
    }

    private static String reason(StatusRuntimeException failed) {
        return failed.getStatus().getCode() + ": " + failed.getStatus().getDescription();
    }
}
