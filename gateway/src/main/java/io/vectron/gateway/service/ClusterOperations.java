package io.vectron.gateway.service;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.Timestamp;
import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.route.RouteTable;
import io.vectron.gateway.route.Routes;
import io.vectron.gateway.service.Admission.Place;
import io.vectron.proto.v1.GetClusterStatusRequest;
import io.vectron.proto.v1.GetClusterStatusResponse;
import io.vectron.proto.v1.WorkerStatus;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.ListReplicasResponse;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Tells how the cluster stands. Every protocol of the gateway stands on this class. Calls block
 * until they are answered, at most until their deadline; call them on virtual threads.
 */
public final class ClusterOperations {

    private final Routes routes;
    private final Channels channels;
    private final Admission admission;
    private final Duration patience;
    private final Timestamp startedAt;
    private final String version;

    /**
     * Stands on parts that the caller starts and closes.
     *
     * @param startedAt when the gateway was started, by its own clock
     */
    public ClusterOperations(
            Routes routes,
            Channels channels,
            Admission admission,
            GatewayConfig config,
            Instant startedAt) {
        this.routes = routes;
        this.channels = channels;
        this.admission = admission;
        this.patience = config.deadlines().status();
        this.startedAt =
                Timestamp.newBuilder()
                        .setSeconds(startedAt.getEpochSecond())
                        .setNanos(startedAt.getNano())
                        .build();
        String stated = ClusterOperations.class.getPackage().getImplementationVersion();
        this.version = stated == null ? "not from a jar" : stated;
    }

    /**
     * Asks every registered worker, all at once. One that does not answer is part of the answer.
     *
     * @throws VectronException OVERLOADED or PLACEMENT_UNAVAILABLE
     */
    public GetClusterStatusResponse status(GetClusterStatusRequest request, Deadline deadline) {
        RequestLimits.requireSize(request);
        try (Place _ = admission.enter(0)) {
            RouteTable table = routes.current();
            GetClusterStatusResponse.Builder status =
                    GetClusterStatusResponse.newBuilder()
                            .setVersion(version)
                            .setStartedAt(startedAt)
                            .setCollections(table.all().size());
            int shards = 0;
            for (CollectionRoute collection : table.all()) {
                shards += collection.facts().getShards();
            }
            status.setShards(shards);
            for (Question question : ask(table, deadline)) {
                status.addWorkers(answer(question));
            }
            return status.build();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VectronException(ErrorCode.SHUTTING_DOWN, "the gateway is stopping");
        }
    }

    /** A worker, and what it was asked. */
    private record Question(
            String id, Address address, ListenableFuture<ListReplicasResponse> report) {}

    private List<Question> ask(RouteTable table, Deadline deadline) {
        // Half of what is left: a worker that is away must not cost the whole answer.
        long leftNanos = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)) / 2;
        Deadline wait =
                Deadline.after(Math.min(patience.toNanos(), leftNanos), TimeUnit.NANOSECONDS);
        List<Question> questions = new ArrayList<>();
        table.workers()
                .forEach((id, address) ->
                        questions.add(
                                new Question(
                                        id,
                                        address,
                                        WorkerServiceGrpc.newFutureStub(channels.to(address))
                                                .withDeadline(wait)
                                                .listReplicas(
                                                        ListReplicasRequest
                                                                .getDefaultInstance()))));
        return questions;
    }

    private static WorkerStatus answer(Question question) throws InterruptedException {
        WorkerStatus.Builder worker =
                WorkerStatus.newBuilder()
                        .setId(question.id())
                        .setAddress(question.address().toString());
        try {
            long points = 0;
            int troubled = 0;
            ListReplicasResponse report = question.report().get(); // Ends by its own deadline.
            for (ReplicaStatus replica : report.getReplicasList()) {
                points += replica.getPoints();
                troubled += replica.getProblem().isEmpty() ? 0 : 1;
            }
            return worker.setAnswered(true)
                    .setReplicas(report.getReplicasCount())
                    .setPoints(points)
                    .setTroubled(troubled)
                    .build();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String problem = String.valueOf(GrpcErrors.fromGrpc(cause).getMessage());
            return worker.setProblem(problem).build();
        }
    }
}
