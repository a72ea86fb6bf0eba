package io.vectron.gateway.api;

import io.grpc.stub.StreamObserver;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.service.ClusterOperations;
import io.vectron.proto.v1.ClusterServiceGrpc;
import io.vectron.proto.v1.GetClusterStatusRequest;
import io.vectron.proto.v1.GetClusterStatusResponse;

/** {@code vectron.v1.ClusterService}. What it throws, the server's interceptor answers. */
public final class ClusterApi extends ClusterServiceGrpc.ClusterServiceImplBase {

    private final ClusterOperations cluster;
    private final RequestDeadline deadline;

    /** Serves these operations. */
    public ClusterApi(ClusterOperations cluster, Deadlines deadlines) {
        this.cluster = cluster;
        this.deadline = new RequestDeadline(deadlines);
    }

    @Override
    public void getClusterStatus(
            GetClusterStatusRequest request, StreamObserver<GetClusterStatusResponse> answer) {
        answer.onNext(cluster.status(request, deadline.current()));
        answer.onCompleted();
    }
}
