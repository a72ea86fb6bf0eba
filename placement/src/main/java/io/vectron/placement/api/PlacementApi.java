package io.vectron.placement.api;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vectron.common.collection.CollectionRules;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.run.Caller;
import io.vectron.placement.run.Registry;
import io.vectron.proto.placement.v1.CreateCollectionRequest;
import io.vectron.proto.placement.v1.CreateCollectionResponse;
import io.vectron.proto.placement.v1.DeleteCollectionRequest;
import io.vectron.proto.placement.v1.DeleteCollectionResponse;
import io.vectron.proto.placement.v1.HeartbeatRequest;
import io.vectron.proto.placement.v1.HeartbeatResponse;
import io.vectron.proto.placement.v1.PlacedCollection;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.RebuildShardsRequest;
import io.vectron.proto.placement.v1.RebuildShardsResponse;
import io.vectron.proto.placement.v1.RegisterWorkerRequest;
import io.vectron.proto.placement.v1.RegisterWorkerResponse;
import io.vectron.proto.placement.v1.WatchViewRequest;
import io.vectron.proto.placement.v1.WatchViewResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC service: turns messages into calls and back. Handlers block, so the server runs them on
 * virtual threads.
 */
public final class PlacementApi extends PlacementServiceGrpc.PlacementServiceImplBase {
    private final Registry registry;
    private final ViewFeed views;
    private final Duration longestWait;

    /**
     * @param longestWait for callers without a deadline, and for those with a later one
     */
    public PlacementApi(Registry registry, ViewFeed views, Duration longestWait) {
        this.registry = registry;
        this.views = views;
        this.longestWait = longestWait;
    }

    @Override
    public void createCollection(
            CreateCollectionRequest request, StreamObserver<CreateCollectionResponse> answer) {
        CollectionRules.Request wanted =
                new CollectionRules.Request(
                        request.getTenant(),
                        request.getName(),
                        request.getVectorsList(),
                        request.getShards(),
                        request.getReplicationFactor(),
                        request.getHistory(),
                        request.getIndex());
        handle(
                answer,
                caller -> {
                    Registry.Created created = registry.create(wanted, caller);
                    return CreateCollectionResponse.newBuilder()
                            .setCollection(
                                    PlacedCollection.newBuilder()
                                            .setRecord(created.collection().record()))
                            .setViewVersion(created.viewVersion())
                            .build();
                });
    }

    @Override
    public void deleteCollection(
            DeleteCollectionRequest request, StreamObserver<DeleteCollectionResponse> answer) {
        handle(
                answer,
                caller ->
                        DeleteCollectionResponse.newBuilder()
                                .setViewVersion(
                                        registry.delete(
                                                request.getTenant(), request.getName(), caller))
                                .build());
    }

    @Override
    public void rebuildShards(
            RebuildShardsRequest request, StreamObserver<RebuildShardsResponse> answer) {
        handle(
                answer,
                caller ->
                        RebuildShardsResponse.newBuilder()
                                .addAllShards(
                                        registry.rebuild(
                                                request.getTenant(),
                                                request.getName(),
                                                request.getShardsList(),
                                                caller))
                                .build());
    }

    @Override
    public void registerWorker(
            RegisterWorkerRequest request, StreamObserver<RegisterWorkerResponse> answer) {
        WorkerNode worker;
        try {
            worker = WorkerNode.of(request.getWorker());
        } catch (IllegalArgumentException invalid) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST, "worker", String.valueOf(invalid.getMessage()));
        }
        handle(
                answer,
                caller ->
                        RegisterWorkerResponse.newBuilder()
                                .setViewVersion(registry.register(worker, caller))
                                .build());
    }

    @Override
    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> answer) {
        answer.onNext(HeartbeatResponse.newBuilder().setUnknown(!registry.heard(request)).build());
        answer.onCompleted();
    }

    @Override
    public void watchView(WatchViewRequest request, StreamObserver<WatchViewResponse> answer) {
        views.watch((ServerCallStreamObserver<WatchViewResponse>) answer);
    }

    private <T> void handle(StreamObserver<T> answer, Call<T> call) {
        Context context = Context.current();
        Context.CancellationListener wake = cancelled -> registry.wake();
        context.addListener(wake, Runnable::run);
        try {
            answer.onNext(call.run(new Caller(deadlineNanos(context), context::isCancelled)));
            answer.onCompleted();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new VectronException(ErrorCode.SHUTTING_DOWN, "placement is stopping");
        } finally {
            context.removeListener(wake);
        }
    }

    private long deadlineNanos(Context context) {
        long longest = longestWait.toNanos();
        Deadline deadline = context.getDeadline();
        long nanos =
                deadline == null
                        ? longest
                        : Math.min(longest, deadline.timeRemaining(TimeUnit.NANOSECONDS));
        return System.nanoTime() + nanos;
    }

    /** A request, for its caller. */
    @FunctionalInterface
    private interface Call<T> {
        T run(Caller caller) throws InterruptedException;
    }
}
