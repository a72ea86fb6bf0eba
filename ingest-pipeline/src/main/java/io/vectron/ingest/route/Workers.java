package io.vectron.ingest.route;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.proto.worker.v1.ApplyBatchRequest;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.GetRequest;
import io.vectron.proto.worker.v1.GetResponse;
import io.vectron.proto.worker.v1.PositionRequest;
import io.vectron.proto.worker.v1.PositionResponse;
import io.vectron.proto.worker.v1.ReportLogRequest;
import io.vectron.proto.worker.v1.ReportLogResponse;
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
    /** Calls after the first: from one that is away by way of a follower to the leader. */
    private static final int REDIRECTS = 2;

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
        return ask(
                group,
                stub -> stub.applyBatch(request),
                answer ->
                        answer.hasNotLeader()
                                ? new Heard.Leader(answer.getNotLeader().getLeader())
                                : heard(answer.hasUnknownShard() || answer.hasUnavailable()));
    }

    /** Asks for the group's applied position. */
    public CompletableFuture<PositionResponse> position(String group) {
        PositionRequest request = PositionRequest.newBuilder().setGroup(group).build();
        return ask(
                group,
                stub -> stub.position(request),
                answer ->
                        answer.hasNotLeader()
                                ? new Heard.Leader(answer.getNotLeader().getLeader())
                                : heard(answer.hasUnknownShard() || answer.hasUnavailable()));
    }

    /** What an answer tells about whom to ask. */
    private sealed interface Heard {
        /** It did what was asked, or would not in any case. */
        record Done() implements Heard {}

        /** Another member leads; "" if it does not know which. */
        record Leader(String worker) implements Heard {}

        /** Another member may lead by the next try. */
        record Useless() implements Heard {}
    }

    private static Heard heard(boolean useless) {
        return useless ? new Heard.Useless() : new Heard.Done();
    }

    /**
     * Calls whoever leads. A member that cannot be reached costs nothing, and one that names the
     * leader knows more than the caller: after either, the next member is called at once, so that
     * what a caller waits between tries is not spent on finding the leader.
     */
    private <T> CompletableFuture<T> ask(
            String group,
            Function<WorkerServiceGrpc.WorkerServiceFutureStub, ListenableFuture<T>> call,
            Function<T, Heard> hear) {
        CompletableFuture<T> result = new CompletableFuture<>();
        ask(group, call, hear, REDIRECTS, result);
        return result;
    }

    private <T> void ask(
            String group,
            Function<WorkerServiceGrpc.WorkerServiceFutureStub, ListenableFuture<T>> call,
            Function<T, Heard> hear,
            int redirects,
            CompletableFuture<T> result) {
        var unused =
                call(group, call)
                        .whenComplete((answer, failure) -> {
                            boolean again =
                                    failure != null
                                            ? unreachable(group, failure)
                                            : learn(group, hear.apply(answer));
                            if (again && redirects > 0) {
                                ask(group, call, hear, redirects - 1, result);
                            } else if (failure != null) {
                                result.completeExceptionally(failure);
                            } else {
                                result.complete(answer);
                            }
                        });
    }

    private boolean unreachable(String group, Throwable failure) {
        routes.failed(group);
        return Status.fromThrowable(failure).getCode() == Status.Code.UNAVAILABLE;
    }

    private boolean learn(String group, Heard heard) {
        return switch (heard) {
            case Heard.Done() -> false;
            case Heard.Leader(String worker) -> routes.leads(group, worker);
            case Heard.Useless() -> {
                routes.failed(group);
                yield false;
            }
        };
    }

    /** Tells the group what was found in its log. */
    public CompletableFuture<ReportLogResponse> report(String group, ReportLogRequest request) {
        return ask(
                group,
                stub -> stub.reportLog(request),
                answer ->
                        answer.hasNotLeader()
                                ? new Heard.Leader(answer.getNotLeader().getLeader())
                                : heard(answer.hasUnknownShard()));
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
