package io.vectron.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.vectron.common.log.Partitioning;
import io.vectron.common.manage.ManagementConfig;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.config.FreshnessConfig;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.gateway.config.GatewayLimits;
import io.vectron.gateway.config.KafkaConfig;
import io.vectron.gateway.config.LookupLimits;
import io.vectron.gateway.config.RestConfig;
import io.vectron.gateway.fake.FakePlacement;
import io.vectron.gateway.fake.FakeWorker;
import io.vectron.gateway.fake.InMemoryLog;
import io.vectron.gateway.fresh.GatewayClock;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.CollectionServiceGrpc;
import io.vectron.proto.v1.CollectionServiceGrpc.CollectionServiceBlockingStub;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.PointServiceGrpc;
import io.vectron.proto.v1.PointServiceGrpc.PointServiceBlockingStub;
import io.vectron.proto.v1.PointToWrite;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.UpsertRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A gateway over real gRPC among fakes: two workers, placement, and a log in memory. */
final class Cluster implements AutoCloseable {

    final InMemoryLog log = new InMemoryLog();
    final FakeWorker first;
    final FakeWorker second;
    final FakePlacement placement;
    final Gateway gateway;
    final ManagedChannel channel;

    Cluster() throws Exception {
        this(GatewayLimits.DEFAULT);
    }

    Cluster(GatewayLimits limits) throws Exception {
        this(limits, RestConfig.at(0));
    }

    Cluster(LookupLimits lookups) throws Exception {
        this(GatewayLimits.DEFAULT, lookups, RestConfig.at(0));
    }

    Cluster(GatewayLimits limits, RestConfig rest) throws Exception {
        this(limits, LookupLimits.DEFAULT, rest);
    }

    private Cluster(GatewayLimits limits, LookupLimits lookups, RestConfig rest) throws Exception {
        first = new FakeWorker("worker-1", log);
        second = new FakeWorker("worker-2", log);
        placement = new FakePlacement(log, List.of(first, second));
        GatewayConfig config =
                new GatewayConfig(
                        "127.0.0.1",
                        0,
                        rest,
                        new KafkaConfig("127.0.0.1:1", Map.of()),
                        placement.address(),
                        Deadlines.DEFAULT,
                        limits,
                        lookups,
                        FreshnessConfig.DEFAULT,
                        ManagementConfig.on(0),
                        false);
        gateway = new Gateway(config, log, log, log, GatewayClock.SYSTEM).start();
        channel =
                Grpc.newChannelBuilder(
                                "127.0.0.1:" + gateway.port(), InsecureChannelCredentials.create())
                        .maxInboundMessageSize(32 << 20)
                        .build();
    }

    PointServiceBlockingStub points() {
        return points(Duration.ofSeconds(20));
    }

    PointServiceBlockingStub points(Duration deadline) {
        return PointServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    CollectionServiceBlockingStub collections() {
        return CollectionServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    void create(String name, int shards, Metric metric) {
        collections()
                .createCollection(
                        CreateCollectionRequest.newBuilder()
                                .setName(name)
                                .setShards(shards)
                                .addVectors(
                                        VectorSpec.newBuilder().setDimension(2).setMetric(metric))
                                .build());
    }

    /** An id that lives in that shard. */
    String idIn(String collection, int shard) {
        int shards = placement.record(collection).getFacts().getShards();
        for (int i = 0; ; i++) {
            String id = "id-" + i;
            byte[] key = id.getBytes(UTF_8);
            if (Partitioning.partition(key, shards) == shard) {
                return id;
            }
        }
    }

    static UpsertRequest upsert(String collection, PointToWrite... points) {
        return UpsertRequest.newBuilder()
                .setCollection(collection)
                .addAllPoints(List.of(points))
                .build();
    }

    static PointToWrite point(String id, float... vector) {
        return PointToWrite.newBuilder()
                .setId(id)
                .setPoint(Point.newBuilder().addVectors(vector(vector)))
                .build();
    }

    static NamedVector vector(float... components) {
        DenseF32.Builder dense = DenseF32.newBuilder();
        for (float component : components) {
            dense.addValues(component);
        }
        return NamedVector.newBuilder().setF32(dense).build();
    }

    static SearchRequest.Builder search(String collection, float... vector) {
        return SearchRequest.newBuilder()
                .setCollection(collection)
                .setVector(vector(vector))
                .setTopK(10);
    }

    /** What a call failed with. */
    record Failure(Status.Code status, String reason, Map<String, String> metadata) {
        static Failure of(Runnable call) {
            try {
                call.run();
            } catch (StatusRuntimeException e) {
                return of(e);
            }
            throw new AssertionError("the call did not fail");
        }

        private static Failure of(StatusRuntimeException e) {
            com.google.rpc.Status status = StatusProto.fromThrowable(e);
            if (status != null) {
                for (Any detail : status.getDetailsList()) {
                    if (detail.is(ErrorInfo.class)) {
                        try {
                            ErrorInfo info = detail.unpack(ErrorInfo.class);
                            return new Failure(
                                    e.getStatus().getCode(),
                                    info.getReason(),
                                    info.getMetadataMap());
                        } catch (InvalidProtocolBufferException broken) {
                            throw new AssertionError(broken);
                        }
                    }
                }
            }
            return new Failure(e.getStatus().getCode(), "", Map.of());
        }

        String field() {
            return metadata.getOrDefault("field", "");
        }
    }

    /** Waits for a condition. */
    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(end);
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        gateway.close();
        placement.close();
        first.close();
        second.close();
    }
}
