package io.vectron.cli;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.rpc.Address;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.SegmentLayout;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.ClusterServiceGrpc;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.CollectionServiceGrpc;
import io.vectron.proto.v1.DeadLetter;
import io.vectron.proto.v1.DeadLetterServiceGrpc;
import io.vectron.proto.v1.DeadLetterState;
import io.vectron.proto.v1.DescribeCollectionRequest;
import io.vectron.proto.v1.DescribeCollectionResponse;
import io.vectron.proto.v1.DropDeadLettersRequest;
import io.vectron.proto.v1.DropDeadLettersResponse;
import io.vectron.proto.v1.GetClusterStatusRequest;
import io.vectron.proto.v1.GetClusterStatusResponse;
import io.vectron.proto.v1.GetCollectionIndexRequest;
import io.vectron.proto.v1.GetCollectionIndexResponse;
import io.vectron.proto.v1.IndexReport;
import io.vectron.proto.v1.IndexSegment;
import io.vectron.proto.v1.ListDeadLettersRequest;
import io.vectron.proto.v1.ListDeadLettersResponse;
import io.vectron.proto.v1.PointServiceGrpc;
import io.vectron.proto.v1.PointToWrite;
import io.vectron.proto.v1.ReplicaIndex;
import io.vectron.proto.v1.RetryDeadLettersRequest;
import io.vectron.proto.v1.RetryDeadLettersResponse;
import io.vectron.proto.v1.RetryResult;
import io.vectron.proto.v1.SegmentKind;
import io.vectron.proto.v1.UpsertRequest;
import io.vectron.proto.v1.UpsertResponse;
import io.vectron.proto.v1.WorkerStatus;
import io.vectron.proto.v1.WriteFailure;
import io.vectron.proto.v1.WriteResult;
import io.vectron.proto.v1.WriteToken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * A gateway in memory with one collection, {@value #COLLECTION} of dimension 2, that can be told to
 * fail. A point whose id begins with {@code bad} is refused.
 */
public final class FakeGateway implements AutoCloseable {
    /** Name of its collection. */
    public static final String COLLECTION = "films";

    /** Kafka's id of the collection's topic. */
    public static final String TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAA";

    private static final int PAGE = 2;

    private final Server server;
    private final Map<String, PointToWrite> points = new HashMap<>(); // by this
    private final List<String> order = new ArrayList<>(); // by this
    private final List<RetryDeadLettersRequest> retries = new ArrayList<>(); // by this
    private final List<DropDeadLettersRequest> drops = new ArrayList<>(); // by this
    private volatile boolean workerAnswers = true;

    /** What becomes of the next calls that write, one each; then all goes well. */
    private final ConcurrentLinkedQueue<Function<UpsertRequest, UpsertResponse>> script =
            new ConcurrentLinkedQueue<>();

    private FakeGateway() throws IOException {
        HealthStatusManager health = new HealthStatusManager();
        health.setStatus("", ServingStatus.SERVING);
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(new Collections())
                        .addService(new Points())
                        .addService(new Letters())
                        .addService(new Cluster())
                        .addService(health.getHealthService())
                        .build()
                        .start();
    }

    /** Starts one on a free port. */
    public static FakeGateway start() throws IOException {
        return new FakeGateway();
    }

    /** Where it listens. */
    public Address address() {
        return new Address("127.0.0.1", server.getPort());
    }

    /** Has the next call that writes fail as a whole. */
    public void failNext(ErrorCode code) {
        script.add(request -> {
            throw GrpcErrors.toGrpc(new VectronException(code, "told to fail"));
        });
    }

    /** Has the next call that writes acknowledge all but this point. */
    public void withholdNext(String id) {
        script.add(request -> {
            UpsertResponse.Builder response = UpsertResponse.newBuilder();
            for (PointToWrite point : request.getPointsList()) {
                response.addResults(
                        point.getId().equals(id)
                                ? WriteResult.newBuilder()
                                        .setId(id)
                                        .setFailure(
                                                WriteFailure.newBuilder()
                                                        .setReason("LOG_UNAVAILABLE"))
                                        .build()
                                : write(point));
            }
            return response.build();
        });
    }

    /** Has the worker be silent from now on. */
    public void silenceWorker() {
        workerAnswers = false;
    }

    /** The points it has. */
    public synchronized Map<String, PointToWrite> points() {
        return Map.copyOf(points);
    }

    /** Ids in the order they were written. */
    public synchronized List<String> order() {
        return List.copyOf(order);
    }

    /** Calls to retry letters. */
    public synchronized List<RetryDeadLettersRequest> retries() {
        return List.copyOf(retries);
    }

    /** Calls to drop letters. */
    public synchronized List<DropDeadLettersRequest> drops() {
        return List.copyOf(drops);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private synchronized WriteResult write(PointToWrite point) {
        points.put(point.getId(), point);
        order.add(point.getId());
        return WriteResult.newBuilder()
                .setId(point.getId())
                .setToken(WriteToken.newBuilder().setTopicId(TOPIC_ID).setOffset(order.size() - 1))
                .build();
    }

    private static <T> void answer(StreamObserver<T> to, T message) {
        to.onNext(message);
        to.onCompleted();
    }

    private static final class Collections extends CollectionServiceGrpc.CollectionServiceImplBase {
        @Override
        public void getCollectionIndex(
                GetCollectionIndexRequest request, StreamObserver<GetCollectionIndexResponse> to) {
            IndexReport.Builder report =
                    IndexReport.newBuilder()
                            .setPosition(1_200)
                            .setPendingRows(7)
                            .addSegments(
                                    IndexSegment.newBuilder()
                                            .setKind(SegmentKind.SEGMENT_KIND_SEALED)
                                            .setLayout(SegmentLayout.SEGMENT_LAYOUT_FUSED)
                                            .setFormat(1)
                                            .setRows(1_000)
                                            .setDeadRows(10)
                                            .setBytes(2_500_000))
                            .addSegments(
                                    IndexSegment.newBuilder()
                                            .setKind(SegmentKind.SEGMENT_KIND_HOT)
                                            .setRows(7));
            if (request.getSample() > 0) {
                report.setSampledRows(request.getSample()).setRecall(0.9875);
            }
            ReplicaIndex.Builder replica = ReplicaIndex.newBuilder().setWorker("w1");
            if (request.getName().equals(COLLECTION)) {
                replica.setAnswered(true).setReport(report);
            } else {
                replica.setProblem("it is away");
            }
            answer(to, GetCollectionIndexResponse.newBuilder().addReplicas(replica).build());
        }

        @Override
        public void describeCollection(
                DescribeCollectionRequest request, StreamObserver<DescribeCollectionResponse> to) {
            if (!request.getName().equals(COLLECTION)) {
                to.onError(
                        GrpcErrors.toGrpc(
                                new VectronException(
                                        ErrorCode.COLLECTION_NOT_FOUND,
                                        "name",
                                        "there is no collection '" + request.getName() + "'")));
                return;
            }
            VectorSpec vector =
                    VectorSpec.newBuilder().setDimension(2).setMetric(Metric.METRIC_COSINE).build();
            answer(
                    to,
                    DescribeCollectionResponse.newBuilder()
                            .setCollection(
                                    Collection.newBuilder()
                                            .setState(CollectionState.COLLECTION_STATE_READY)
                                            .setFacts(
                                                    CollectionFacts.newBuilder()
                                                            .setName(COLLECTION)
                                                            .addVectors(vector)))
                            .build());
        }
    }

    private final class Points extends PointServiceGrpc.PointServiceImplBase {
        @Override
        public void upsert(UpsertRequest request, StreamObserver<UpsertResponse> to) {
            Function<UpsertRequest, UpsertResponse> scripted = script.poll();
            try {
                answer(to, scripted == null ? write(request) : scripted.apply(request));
            } catch (io.grpc.StatusRuntimeException e) {
                to.onError(e);
            }
        }

        private UpsertResponse write(UpsertRequest request) {
            for (int i = 0; i < request.getPointsCount(); i++) {
                if (request.getPoints(i).getId().startsWith("bad")) {
                    throw GrpcErrors.toGrpc(
                            new VectronException(
                                    ErrorCode.INVALID_POINT,
                                    "points[" + i + "].point.vectors[0]",
                                    "told to refuse"));
                }
            }
            UpsertResponse.Builder response = UpsertResponse.newBuilder();
            request.getPointsList()
                    .forEach(point -> response.addResults(FakeGateway.this.write(point)));
            return response.build();
        }
    }

    /** Three letters, in pages of two. */
    private final class Letters extends DeadLetterServiceGrpc.DeadLetterServiceImplBase {
        @Override
        public void listDeadLetters(
                ListDeadLettersRequest request, StreamObserver<ListDeadLettersResponse> to) {
            int from =
                    request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
            int end = Math.min(3, from + Math.min(PAGE, request.getPageSize()));
            ListDeadLettersResponse.Builder page = ListDeadLettersResponse.newBuilder();
            for (int i = from; i < end; i++) {
                page.addLetters(
                        DeadLetter.newBuilder()
                                .setId("0-" + i)
                                .setState(DeadLetterState.DEAD_LETTER_STATE_OPEN)
                                .setRule("vector_zero")
                                .setPointId("p\u001b[2J" + i)
                                .setKey(ByteString.copyFromUtf8("p" + i))
                                .setSource(WriteToken.newBuilder().setTopicId(TOPIC_ID)));
            }
            answer(to, page.setNextPageToken(end < 3 ? "" + end : "").build());
        }

        @Override
        public void retryDeadLetters(
                RetryDeadLettersRequest request, StreamObserver<RetryDeadLettersResponse> to) {
            synchronized (FakeGateway.this) {
                retries.add(request);
            }
            boolean first = request.getPageToken().isEmpty();
            RetryResult.Builder result = RetryResult.newBuilder().setId(first ? "0-0" : "0-2");
            if (first) {
                result.setNewerVersion(7);
            } else {
                result.setFailure(WriteFailure.newBuilder().setReason("LOG_UNAVAILABLE"));
            }
            answer(
                    to,
                    RetryDeadLettersResponse.newBuilder()
                            .addResults(result)
                            .setNextPageToken(first && request.getLetters().hasFilter() ? "2" : "")
                            .build());
        }

        @Override
        public void dropDeadLetters(
                DropDeadLettersRequest request, StreamObserver<DropDeadLettersResponse> to) {
            synchronized (FakeGateway.this) {
                drops.add(request);
            }
            answer(
                    to,
                    DropDeadLettersResponse.newBuilder()
                            .addAllIds(request.getLetters().getIds().getIdsList())
                            .build());
        }
    }

    private final class Cluster extends ClusterServiceGrpc.ClusterServiceImplBase {
        @Override
        public void getClusterStatus(
                GetClusterStatusRequest request, StreamObserver<GetClusterStatusResponse> to) {
            answer(
                    to,
                    GetClusterStatusResponse.newBuilder()
                            .setVersion("1")
                            .addWorkers(
                                    WorkerStatus.newBuilder()
                                            .setId("worker-1")
                                            .setAnswered(workerAnswers)
                                            .setProblem(workerAnswers ? "" : "asleep"))
                            .build());
        }
    }
}
