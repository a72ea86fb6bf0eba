package io.vectron.gateway.api;

import io.grpc.stub.StreamObserver;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.service.CollectionOperations;
import io.vectron.proto.v1.CollectionServiceGrpc;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.CreateCollectionResponse;
import io.vectron.proto.v1.DeleteCollectionRequest;
import io.vectron.proto.v1.DeleteCollectionResponse;
import io.vectron.proto.v1.DescribeCollectionRequest;
import io.vectron.proto.v1.DescribeCollectionResponse;
import io.vectron.proto.v1.GetCollectionIndexRequest;
import io.vectron.proto.v1.GetCollectionIndexResponse;
import io.vectron.proto.v1.ListCollectionsRequest;
import io.vectron.proto.v1.ListCollectionsResponse;
import io.vectron.proto.v1.RebuildCollectionRequest;
import io.vectron.proto.v1.RebuildCollectionResponse;

/** {@code vectron.v1.CollectionService}. What it throws, the server's interceptor answers. */
public final class CollectionApi extends CollectionServiceGrpc.CollectionServiceImplBase {

    private final CollectionOperations collections;
    private final RequestDeadline deadline;

    /** Serves these operations. */
    public CollectionApi(CollectionOperations collections, Deadlines deadlines) {
        this.collections = collections;
        this.deadline = new RequestDeadline(deadlines);
    }

    @Override
    public void createCollection(
            CreateCollectionRequest request, StreamObserver<CreateCollectionResponse> answer) {
        answer.onNext(collections.create(request, deadline.current()));
        answer.onCompleted();
    }

    @Override
    public void describeCollection(
            DescribeCollectionRequest request, StreamObserver<DescribeCollectionResponse> answer) {
        answer.onNext(collections.describe(request, deadline.current()));
        answer.onCompleted();
    }

    @Override
    public void listCollections(
            ListCollectionsRequest request, StreamObserver<ListCollectionsResponse> answer) {
        answer.onNext(collections.list(request, deadline.current()));
        answer.onCompleted();
    }

    @Override
    public void getCollectionIndex(
            GetCollectionIndexRequest request, StreamObserver<GetCollectionIndexResponse> answer) {
        answer.onNext(collections.index(request, deadline.current()));
        answer.onCompleted();
    }

    @Override
    public void rebuildCollection(
            RebuildCollectionRequest request, StreamObserver<RebuildCollectionResponse> answer) {
        answer.onNext(collections.rebuild(request, deadline.current()));
        answer.onCompleted();
    }

    @Override
    public void deleteCollection(
            DeleteCollectionRequest request, StreamObserver<DeleteCollectionResponse> answer) {
        answer.onNext(collections.delete(request, deadline.current()));
        answer.onCompleted();
    }
}
