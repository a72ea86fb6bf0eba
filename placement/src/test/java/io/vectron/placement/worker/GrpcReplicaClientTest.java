package io.vectron.placement.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Servers;
import io.vectron.placement.model.Failure;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.AddReplicaResponse;
import io.vectron.proto.worker.v1.Applied;
import io.vectron.proto.worker.v1.NotLeader;
import io.vectron.proto.worker.v1.PositionRequest;
import io.vectron.proto.worker.v1.PositionResponse;
import io.vectron.proto.worker.v1.UnknownShard;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class GrpcReplicaClientTest {
    private final GrpcReplicaClient client = new GrpcReplicaClient(Duration.ofSeconds(5));
    private volatile @Nullable RuntimeException failure;
    private volatile PositionResponse position = PositionResponse.getDefaultInstance();
    private Server server;
    private Address worker;

    @BeforeEach
    void start() throws IOException {
        server =
                Servers.configure(
                                NettyServerBuilder.forAddress(
                                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                        .addService(new Service())
                        .build()
                        .start();
        worker = new Address("127.0.0.1", server.getPort());
    }

    @AfterEach
    void stop() {
        client.close();
        server.shutdownNow();
    }

    @Test
    void addsAReplica() throws InterruptedException {
        assertThat(add()).isEqualTo(new ReplicaClient.Result.Done());
    }

    @Test
    void tellsRefusalsFromBadMoments() throws InterruptedException {
        failure = new VectronException(ErrorCode.UNSUPPORTED_VECTOR_SPEC, "vectors", "no such");
        assertThat(add())
                .isEqualTo(
                        new ReplicaClient.Result.Refused(
                                new Failure(
                                        "UNSUPPORTED_VECTOR_SPEC",
                                        "vectors",
                                        "a worker refuses: no such")));
        failure = new VectronException(ErrorCode.OVERLOADED, "later");
        assertThat(add()).isInstanceOf(ReplicaClient.Result.Unavailable.class);
        failure = new IllegalStateException("a defect may be mended by a restart");
        assertThat(add()).isInstanceOf(ReplicaClient.Result.Unavailable.class);
        // No such call on this worker: an older release.
        assertThat(client.remove(worker, "g")).isInstanceOf(ReplicaClient.Result.Refused.class);
        server.shutdownNow();
        assertThat(add()).isInstanceOf(ReplicaClient.Result.Unavailable.class);
    }

    @Test
    void findsTheLeader() throws InterruptedException {
        position =
                PositionResponse.newBuilder()
                        .setApplied(Applied.newBuilder().setPosition(3))
                        .setTopicId("topic-1")
                        .build();
        assertThat(client.leader(worker, "g")).isEqualTo(new ReplicaClient.Leader.Here("topic-1"));
        position =
                PositionResponse.newBuilder()
                        .setNotLeader(NotLeader.newBuilder().setLeader("w-2"))
                        .build();
        assertThat(client.leader(worker, "g")).isInstanceOf(ReplicaClient.Leader.NotHere.class);
        position =
                PositionResponse.newBuilder()
                        .setUnknownShard(UnknownShard.getDefaultInstance())
                        .build();
        assertThat(client.leader(worker, "g")).isInstanceOf(ReplicaClient.Leader.NotHere.class);
        server.shutdownNow();
        assertThat(client.leader(worker, "g")).isInstanceOf(ReplicaClient.Leader.NotHere.class);
    }

    private ReplicaClient.Result add() throws InterruptedException {
        return client.add(worker, AddReplicaRequest.newBuilder().setGroup("g").build());
    }

    private final class Service extends WorkerServiceGrpc.WorkerServiceImplBase {
        @Override
        public void addReplica(
                AddReplicaRequest request, StreamObserver<AddReplicaResponse> answer) {
            RuntimeException wanted = failure;
            if (wanted != null) {
                throw wanted;
            }
            answer.onNext(AddReplicaResponse.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public void position(PositionRequest request, StreamObserver<PositionResponse> answer) {
            answer.onNext(position);
            answer.onCompleted();
        }
    }
}
