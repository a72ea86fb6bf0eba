package io.vectron.gateway.api;

import io.grpc.stub.StreamObserver;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.service.PointOperations;
import io.vectron.proto.v1.DeleteRequest;
import io.vectron.proto.v1.DeleteResponse;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.GetResponse;
import io.vectron.proto.v1.PointServiceGrpc;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.UpsertRequest;
import io.vectron.proto.v1.UpsertResponse;

/** {@code vectron.v1.PointService}. What it throws, the server's interceptor answers. */
public final class PointApi extends PointServiceGrpc.PointServiceImplBase {

    private final PointOperations points;
    private final RequestDeadline deadline;

    /** Serves these operations. */
    public PointApi(PointOperations points, Deadlines deadlines) {
        this.points = points;
        this.deadline = new RequestDeadline(deadlines);
    }

    @Override
    public void upsert(UpsertRequest request, StreamObserver<UpsertResponse> answer) {
        answer.onNext(points.upsert(request, deadline.current()));
        answer.onCompleted();
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<DeleteResponse> answer) {
        answer.onNext(points.delete(request, deadline.current()));
        answer.onCompleted();
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> answer) {
        answer.onNext(points.get(request, deadline.current()));
        answer.onCompleted();
    }

    @Override
    public void search(SearchRequest request, StreamObserver<SearchResponse> answer) {
        answer.onNext(points.search(request, deadline.current()));
        answer.onCompleted();
    }
}
