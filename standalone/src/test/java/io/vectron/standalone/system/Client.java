package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.AtLeast;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.CollectionServiceGrpc;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.DeadLetterServiceGrpc;
import io.vectron.proto.v1.DeleteRequest;
import io.vectron.proto.v1.DescribeCollectionRequest;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.GetResponse;
import io.vectron.proto.v1.PointServiceGrpc;
import io.vectron.proto.v1.PointToWrite;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.ShardStatus;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.TraceServiceGrpc;
import io.vectron.proto.v1.UpsertRequest;
import io.vectron.proto.v1.Watermark;
import io.vectron.proto.v1.WriteResult;
import io.vectron.proto.v1.WriteToken;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.run.StandaloneConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** The public API over gRPC, and Kafka beside it. */
final class Client implements AutoCloseable {
    private final Channels channels = new Channels();
    private final Address gateway;
    private final PlainKafka kafka;

    Client(PortLayout ports) {
        this(ports, ports.address(Part.KAFKA));
    }

    Client(StandaloneConfig config) {
        this(config.ports(), config.bootstrapServers());
    }

    Client(PortLayout ports, String bootstrapServers) {
        this.gateway = new Address(PortLayout.HOST, ports.port(Part.GATEWAY));
        this.kafka = new PlainKafka(bootstrapServers);
    }

    PlainKafka kafka() {
        return kafka;
    }

    Channels channels() {
        return channels;
    }

    CollectionServiceGrpc.CollectionServiceBlockingStub collections() {
        return CollectionServiceGrpc.newBlockingStub(channels.to(gateway))
                .withDeadlineAfter(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    PointServiceGrpc.PointServiceBlockingStub points() {
        return PointServiceGrpc.newBlockingStub(channels.to(gateway))
                .withDeadlineAfter(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    DeadLetterServiceGrpc.DeadLetterServiceBlockingStub letters() {
        return DeadLetterServiceGrpc.newBlockingStub(channels.to(gateway))
                .withDeadlineAfter(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    TraceServiceGrpc.TraceServiceBlockingStub traces() {
        return TraceServiceGrpc.newBlockingStub(channels.to(gateway))
                .withDeadlineAfter(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    Collection create(String name, int dimension, Metric metric, int shards) {
        return collections()
                .createCollection(
                        CreateCollectionRequest.newBuilder()
                                .setName(name)
                                .addVectors(
                                        VectorSpec.newBuilder()
                                                .setDimension(dimension)
                                                .setMetric(metric))
                                .setShards(shards)
                                .build())
                .getCollection();
    }

    Collection describe(String name) {
        return collections()
                .describeCollection(DescribeCollectionRequest.newBuilder().setName(name).build())
                .getCollection();
    }

    /** Waits until every shard has everything that is in the log now. */
    Collection awaitCaughtUp(String name) throws Exception {
        String topic = describe(name).getFacts().getTopic();
        Map<Integer, Long> ends = kafka.ends(topic);
        return Await.value(
                name + " reaches " + ends,
                () -> describe(name),
                described ->
                        described.getShardsList().stream()
                                .allMatch(shard ->
                                        shard.getAnswered()
                                                && shard.getPosition()
                                                        >= ends.getOrDefault(
                                                                shard.getShard(), 0L)));
    }

    /** Applied position of each shard that answers. */
    Map<Integer, Long> positions(String name) {
        Map<Integer, Long> positions = new TreeMap<>();
        for (ShardStatus shard : describe(name).getShardsList()) {
            if (shard.getAnswered()) {
                positions.put(shard.getShard(), shard.getPosition());
            }
        }
        return positions;
    }

    WriteToken upsert(String collection, String id, Point point) {
        return upsert(collection, Map.of(id, point)).values().iterator().next();
    }

    /** Writes points in one request; a token for each. */
    Map<String, WriteToken> upsert(String collection, Map<String, Point> points) {
        UpsertRequest.Builder request = UpsertRequest.newBuilder().setCollection(collection);
        points.forEach((id, point) ->
                request.addPoints(PointToWrite.newBuilder().setId(id).setPoint(point)));
        return tokens(points().upsert(request.build()).getResultsList());
    }

    WriteToken delete(String collection, String id) {
        DeleteRequest request =
                DeleteRequest.newBuilder().setCollection(collection).addIds(id).build();
        return tokens(points().delete(request).getResultsList()).values().iterator().next();
    }

    /** A point as of these writes, or whatever is there without any; null if it does not exist. */
    @Nullable StoredPoint get(String collection, String id, WriteToken... atLeast) {
        GetResponse found =
                points().get(
                                GetRequest.newBuilder()
                                        .setCollection(collection)
                                        .addIds(id)
                                        .setReadMode(mode(List.of(atLeast)))
                                        .build());
        return found.getPointsCount() == 0 ? null : found.getPoints(0);
    }

    /** The nearest points with payload, as of these writes. */
    SearchResponse search(
            String collection,
            int topK,
            java.util.Collection<WriteToken> atLeast,
            float... vector) {
        return points().search(
                        SearchRequest.newBuilder()
                                .setCollection(collection)
                                .setVector(Points.vector(vector))
                                .setTopK(topK)
                                .setWithPayload(true)
                                .setReadMode(mode(atLeast))
                                .build());
    }

    static ReadMode mode(java.util.Collection<WriteToken> atLeast) {
        return atLeast.isEmpty()
                ? ReadMode.getDefaultInstance()
                : ReadMode.newBuilder()
                        .setAtLeast(AtLeast.newBuilder().addAllTokens(atLeast))
                        .build();
    }

    static List<String> ids(SearchResponse found) {
        return found.getResultsList().stream().map(hit -> hit.getId()).toList();
    }

    static Map<Integer, Long> watermarks(SearchResponse found) {
        Map<Integer, Long> positions = new TreeMap<>();
        for (Watermark mark : found.getFreshness().getWatermarksList()) {
            positions.put(mark.getShard(), mark.getPosition());
        }
        return positions;
    }

    /** The typed error that a call must end with. */
    static VectronException refused(ThrowingCallable call) {
        Throwable thrown = Assertions.catchThrowable(call);
        VectronException error = thrown == null ? null : GrpcErrors.decode(thrown);
        if (error == null) {
            throw new AssertionError("no typed error, but " + thrown, thrown);
        }
        return error;
    }

    /** Requires that a point is not fresh within two seconds, and that the shard says how far. */
    VectronException requireNotFresh(String collection, String id, WriteToken token) {
        GetRequest request =
                GetRequest.newBuilder()
                        .setCollection(collection)
                        .addIds(id)
                        .setReadMode(mode(List.of(token)))
                        .build();
        for (int tries = 1; ; tries++) {
            Throwable thrown =
                    Assertions.catchThrowable(
                            () -> points().withDeadlineAfter(2, TimeUnit.SECONDS).get(request));
            assertThat(thrown).as("an answer, though not fresh").isNotNull();
            VectronException late = GrpcErrors.decode(thrown);
            if (late == null) {
                assertThat(Status.fromThrowable(thrown).getCode())
                        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            } else {
                assertThat(late.code()).isEqualTo(ErrorCode.FRESHNESS_TIMEOUT);
                if (!late.metadata().containsValue("unknown")) {
                    return late;
                }
            }
            // A busy machine is late with an answer, or the worker's with its position.
            assertThat(tries).as("tries; the last one ended with %s", thrown).isLessThan(5);
        }
    }

    private static Map<String, WriteToken> tokens(List<WriteResult> results) {
        Map<String, WriteToken> tokens = new LinkedHashMap<>();
        for (WriteResult result : results) {
            if (!result.hasToken()) {
                throw new AssertionError("not acknowledged: " + result);
            }
            tokens.put(result.getId(), result.getToken());
        }
        return tokens;
    }

    @Override
    public void close() {
        kafka.close();
        channels.close();
    }
}
