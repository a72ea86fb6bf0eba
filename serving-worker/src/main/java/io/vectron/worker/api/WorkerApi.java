package io.vectron.worker.api;

import io.grpc.stub.StreamObserver;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.AddReplicaResponse;
import io.vectron.proto.worker.v1.ApplyBatchRequest;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.ChangeMembersRequest;
import io.vectron.proto.worker.v1.ChangeMembersResponse;
import io.vectron.proto.worker.v1.DescribeReplicaRequest;
import io.vectron.proto.worker.v1.DescribeReplicaResponse;
import io.vectron.proto.worker.v1.DigestRequest;
import io.vectron.proto.worker.v1.DigestResponse;
import io.vectron.proto.worker.v1.GetRequest;
import io.vectron.proto.worker.v1.GetResponse;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.ListReplicasResponse;
import io.vectron.proto.worker.v1.PositionRequest;
import io.vectron.proto.worker.v1.PositionResponse;
import io.vectron.proto.worker.v1.RemoveReplicaRequest;
import io.vectron.proto.worker.v1.RemoveReplicaResponse;
import io.vectron.proto.worker.v1.ReportIndexRequest;
import io.vectron.proto.worker.v1.ReportIndexResponse;
import io.vectron.proto.worker.v1.ReportLogRequest;
import io.vectron.proto.worker.v1.ReportLogResponse;
import io.vectron.proto.worker.v1.SearchRequest;
import io.vectron.proto.worker.v1.SearchResponse;
import io.vectron.proto.worker.v1.SetEpochRequest;
import io.vectron.proto.worker.v1.SetEpochResponse;
import io.vectron.proto.worker.v1.TraceRequest;
import io.vectron.proto.worker.v1.TraceResponse;
import io.vectron.proto.worker.v1.UnknownShard;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import io.vectron.worker.metric.WorkerMetrics;
import io.vectron.worker.replica.JoinPreparation;
import io.vectron.worker.replica.Replicas;
import io.vectron.worker.replica.ShardReplica;
import io.vectron.worker.search.GroupName;
import io.vectron.worker.search.Queries;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;

/**
 * The worker's gRPC service. Each call runs on a thread of its own, a virtual one, and may wait;
 * exceptions become statuses in the interceptor around it.
 */
public final class WorkerApi extends WorkerServiceGrpc.WorkerServiceImplBase {
    private final Replicas replicas;
    private final Queries queries;
    private final Ingest ingest;
    private final Room room;
    private final WorkerMetrics metrics;
    private final ReplicaReports reports;
    private final Memberships memberships;

    /**
     * @param room what there is room for
     * @param clock stamps the entries that this worker proposes
     * @param metrics counts what is answered
     */
    public WorkerApi(
            Replicas replicas,
            Queries queries,
            Room room,
            InstantSource clock,
            WorkerMetrics metrics) {
        this.replicas = replicas;
        this.metrics = metrics;
        this.queries = queries;
        this.room = room;
        this.ingest = new Ingest(replicas.node(), replicas::find, room, clock);
        this.reports = new ReplicaReports(replicas, clock);
        this.memberships =
                new Memberships(
                        replicas.node(),
                        replicas::find,
                        new JoinPreparation(replicas.node(), () -> !room.diskFull(), clock));
    }

    @Override
    public void addReplica(AddReplicaRequest request, StreamObserver<AddReplicaResponse> out) {
        GroupName.parse(request.getGroup());
        try {
            replicas.add(request);
        } catch (IOException e) {
            throw failed("cannot add the replica", e);
        }
        answer(out, AddReplicaResponse.getDefaultInstance());
    }

    @Override
    public void removeReplica(
            RemoveReplicaRequest request, StreamObserver<RemoveReplicaResponse> out) {
        UUID group = GroupName.parse(request.getGroup());
        try {
            replicas.remove(group);
        } catch (IOException e) {
            throw failed("cannot remove the replica", e);
        }
        answer(out, RemoveReplicaResponse.getDefaultInstance());
    }

    @Override
    public void listReplicas(
            ListReplicasRequest request, StreamObserver<ListReplicasResponse> out) {
        answer(out, report());
    }

    /** How the worker stands. */
    public ListReplicasResponse report() {
        ListReplicasResponse.Builder response = ListReplicasResponse.newBuilder();
        try {
            response.addAllReplicas(reports.all()).setCapacity(room.capacity());
        } catch (IOException e) {
            throw failed("cannot read a replica's state", e);
        }
        return response.build();
    }

    @Override
    public void describeReplica(
            DescribeReplicaRequest request, StreamObserver<DescribeReplicaResponse> out) {
        ShardReplica replica = replicas.find(GroupName.parse(request.getGroup()));
        DescribeReplicaResponse.Builder response = DescribeReplicaResponse.newBuilder();
        try {
            if (replica == null) {
                response.setUnknownShard(UnknownShard.getDefaultInstance());
            } else {
                response.setReplica(reports.status(replica));
            }
        } catch (IOException e) {
            throw failed("cannot read the replica's state", e);
        }
        answer(out, response.build());
    }

    @Override
    public void changeMembers(
            ChangeMembersRequest request, StreamObserver<ChangeMembersResponse> out) {
        UUID group = GroupName.parse(request.getGroup());
        answer(out, memberships.change(group, request).join());
    }

    @Override
    public void setEpoch(SetEpochRequest request, StreamObserver<SetEpochResponse> out) {
        UUID group = GroupName.parse(request.getGroup());
        if (request.getEpoch() < 0) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST, "epoch", "an epoch has at most 63 bits");
        }
        answer(out, ingest.setEpoch(group, request.getEpoch()).join());
    }

    @Override
    public void applyBatch(ApplyBatchRequest request, StreamObserver<ApplyBatchResponse> out) {
        UUID group = GroupName.parse(request.getBatch().getGroup());
        ShardReplica replica = replicas.find(group);
        long beganNanos = System.nanoTime();
        ApplyBatchResponse answer =
                ingest.apply(group, request.getBatch(), request.getJourney()).join();
        metrics.answered(
                request.getBatch(), request.getJourney(), answer, System.nanoTime() - beganNanos);
        if (replica != null) {
            AppliedLines.write(replica.facts(), request.getJourney(), answer);
        }
        answer(out, answer);
    }

    @Override
    public void position(PositionRequest request, StreamObserver<PositionResponse> out) {
        ShardReplica replica = replicas.find(GroupName.parse(request.getGroup()));
        answer(
                out,
                replica == null
                        ? PositionResponse.newBuilder()
                                .setUnknownShard(UnknownShard.getDefaultInstance())
                                .build()
                        : reports.position(replica));
    }

    @Override
    public void reportLog(ReportLogRequest request, StreamObserver<ReportLogResponse> out) {
        UUID group = GroupName.parse(request.getGroup());
        if (request.getFindingCase() == ReportLogRequest.FindingCase.FINDING_NOT_SET) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST, "finding", "nothing is told of the log");
        }
        answer(out, ingest.report(group, request).join());
    }

    @Override
    public void search(SearchRequest request, StreamObserver<SearchResponse> out) {
        long beganNanos = System.nanoTime();
        SearchResponse response = queries.search(request);
        metrics.searched(System.nanoTime() - beganNanos);
        answer(out, response);
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> out) {
        answer(out, queries.get(request));
    }

    @Override
    public void trace(TraceRequest request, StreamObserver<TraceResponse> out) {
        ShardReplica replica = replicas.find(GroupName.parse(request.getGroup()));
        if (request.getOffset() < 0) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST, "offset", "the offset is negative");
        }
        answer(
                out,
                replica == null
                        ? TraceResponse.newBuilder()
                                .setUnknownShard(UnknownShard.getDefaultInstance())
                                .build()
                        : reports.trace(replica, request.getOffset()));
    }

    @Override
    public void reportIndex(ReportIndexRequest request, StreamObserver<ReportIndexResponse> out) {
        answer(out, queries.reportIndex(request));
    }

    @Override
    public void digest(DigestRequest request, StreamObserver<DigestResponse> out) {
        answer(out, queries.digest(request));
    }

    private static <T> void answer(StreamObserver<T> out, T value) {
        out.onNext(value);
        out.onCompleted();
    }

    private static VectronException failed(String what, IOException cause) {
        return new VectronException(
                ErrorCode.SHARD_UNAVAILABLE,
                null,
                what + ": " + cause.getMessage(),
                Map.of(),
                cause);
    }
}
