package io.vectron.gateway.trace;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.rpc.Channels;
import io.vectron.gateway.route.ShardRoute;
import io.vectron.proto.worker.v1.RecordJourney;
import io.vectron.proto.worker.v1.TraceRequest;
import io.vectron.proto.worker.v1.TraceResponse;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** Asks the leader of a shard what it remembers. Any thread. */
public final class ShardTraces {

    private final Channels channels;

    /** Calls through channels that the caller closes. */
    public ShardTraces(Channels channels) {
        this.channels = channels;
    }

    /**
     * What the leader remembers of the record at an offset.
     *
     * @throws VectronException SHARD_UNAVAILABLE if no replica says that it leads
     */
    public RecordJourney of(ShardRoute shard, long offset, Deadline deadline)
            throws InterruptedException {
        TraceRequest request =
                TraceRequest.newBuilder().setGroup(shard.group()).setOffset(offset).build();
        List<ListenableFuture<TraceResponse>> calls = new ArrayList<>();
        // All at once: replicas are few, and one that hangs must not hide the leader.
        for (ShardRoute.Replica replica : shard.replicas()) {
            calls.add(
                    WorkerServiceGrpc.newFutureStub(channels.to(replica.address()))
                            .withDeadline(deadline)
                            .trace(request));
        }
        String why = "no worker that holds it is known";
        try {
            for (ListenableFuture<TraceResponse> call : calls) {
                try {
                    TraceResponse answer = call.get(); // Ends by its own deadline.
                    switch (answer.getOutcomeCase()) {
                        case JOURNEY -> {
                            return answer.getJourney();
                        }
                        case NOT_LEADER -> why = "it has no leader";
                        case UNKNOWN_SHARD -> why = "its worker does not hold it";
                        case UNAVAILABLE -> why = "its replica does not answer";
                        case OUTCOME_NOT_SET -> why = "its worker gave an empty answer";
                    }
                } catch (ExecutionException e) {
                    Throwable cause = e.getCause() == null ? e : e.getCause();
                    why = String.valueOf(GrpcErrors.fromGrpc(cause).getMessage());
                }
            }
        } finally {
            calls.forEach(call -> call.cancel(true));
        }
        throw new VectronException(
                ErrorCode.SHARD_UNAVAILABLE,
                null,
                "shard " + shard.shard() + " does not answer: " + why,
                Map.of("shard", Integer.toString(shard.shard())));
    }
}
