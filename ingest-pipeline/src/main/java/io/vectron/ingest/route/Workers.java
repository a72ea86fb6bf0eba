package io.vectron.ingest.route;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.proto.worker.v1.ApplyBatchRequest;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.GetRequest;
import io.vectron.proto.worker.v1.GetResponse;
import io.vectron.proto.worker.v1.PositionRequest;
import io.vectron.proto.worker.v1.PositionResponse;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Calls to workers about one shard, sent to whom {@link Routes} names. Nothing blocks and nothing
 * is thrown: a future fails when the worker did not answer within the timeout. Any thread.
 */
public final class Workers {
    private final Channels channels;
    private final Routes routes;
    private final Duration timeout;

    /**
     * @param channels pool of channels; the caller closes it
     * @param routes whom to ask; learns from the answers
     * @param timeout longest wait for one answer
     */
    public Workers(Channels channels, Routes routes, Duration timeout) {
        this.channels = channels;
        this.routes = routes;
        this.timeout = timeout;
    }

    /** Sends a batch of the group's log. */
    public CompletableFuture<ApplyBatchResponse> apply(String group, ApplyBatchRequest request) {
        return call(group, stub -> stub.applyBatch(request))
                .whenComplete((answer, failure) -> {
                    if (failure == null && answer.hasNotLeader()) {
                        routes.leads(group, answer.getNotLeader().getLeader());
                    } else if (failure != null
                            || answer.hasUnknownShard()
                            || answer.hasUnavailable()) {
                        routes.failed(group); // another member may lead by the next try
                    }
                });
    }

    /** Asks for the group's applied position. */
    public CompletableFuture<PositionResponse> position(String group) {
        PositionRequest request = PositionRequest.newBuilder().setGroup(group).build();
        return call(group, stub -> stub.position(request))
                .whenComplete((answer, failure) -> {
                    if (failure == null && answer.hasNotLeader()) {
                        routes.leads(group, answer.getNotLeader().getLeader());
                    } else if (failure != null
                            || answer.hasUnknownShard()
                            || answer.hasUnavailable()) {
                        routes.failed(group); // another member may lead by the next try
                    }
                });
    }

    /** Reads points of the group. */
    public CompletableFuture<GetResponse> get(String group, GetRequest request) {
        return call(group, stub -> stub.get(request))
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        routes.failed(group);
                    }
                });
    }

    private <T> CompletableFuture<T> call(
            String group,
            Function<WorkerServiceGrpc.WorkerServiceFutureStub, ListenableFuture<T>> call) {
        Address address = routes.target(group);
        if (address == null) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("no worker is known for group " + group));
        }
        try {
            ManagedChannel channel = channels.to(address);
            if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
                // gRPC waits up to two minutes before it connects again. The callers have their own
                // back-off, and a worker that is back must be found within a second.
                channel.resetConnectBackoff();
            }
            return toCompletable(
                    call.apply(
                            WorkerServiceGrpc.newFutureStub(channel)
                                    .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)));
        } catch (IllegalStateException e) {
            return CompletableFuture.failedFuture(e); // the pool is closed: the task ends
        }
    }

    private static <T> CompletableFuture<T> toCompletable(ListenableFuture<T> call) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Futures.addCallback(
                call,
                new FutureCallback<T>() {
                    @Override
                    public void onSuccess(T answer) {
                        future.complete(answer);
                    }

                    @Override
                    public void onFailure(Throwable failure) {
                        future.completeExceptionally(failure);
                    }
                },
                MoreExecutors.directExecutor());
        return future;
    }
}
