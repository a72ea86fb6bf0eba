package io.vectron.worker.register;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Servers;
import io.vectron.proto.placement.v1.HeartbeatRequest;
import io.vectron.proto.placement.v1.HeartbeatResponse;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.RegisterWorkerRequest;
import io.vectron.proto.placement.v1.RegisterWorkerResponse;
import io.vectron.proto.placement.v1.Worker;
import io.vectron.proto.worker.v1.ListReplicasResponse;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.WorkerCapacity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RegistrarTest {
    private static final Worker WORKER =
            Worker.newBuilder().setId("w1").setHost("127.0.0.1").setPort(1).setRaftPort(2).build();

    private static final ListReplicasResponse REPORT =
            ListReplicasResponse.newBuilder()
                    .addReplicas(ReplicaStatus.newBuilder().setGroup("g"))
                    .setCapacity(WorkerCapacity.newBuilder().setDiskBytes(5))
                    .build();

    /** Refuses so many registrations before it takes one. */
    private static final class FakePlacement extends PlacementServiceGrpc.PlacementServiceImplBase {
        private final BlockingQueue<Worker> asked = new LinkedBlockingQueue<>();
        private final BlockingQueue<HeartbeatRequest> heartbeats = new LinkedBlockingQueue<>();
        private int refusals;
        private boolean forgets;

        FakePlacement(int refusals) {
            this.refusals = refusals;
        }

        @Override
        public synchronized void registerWorker(
                RegisterWorkerRequest request, StreamObserver<RegisterWorkerResponse> out) {
            asked.add(request.getWorker());
            if (refusals-- > 0) {
                out.onError(Status.UNAVAILABLE.asRuntimeException());
                return;
            }
            out.onNext(RegisterWorkerResponse.getDefaultInstance());
            out.onCompleted();
        }

        @Override
        public synchronized void heartbeat(
                HeartbeatRequest request, StreamObserver<HeartbeatResponse> out) {
            heartbeats.add(request);
            out.onNext(HeartbeatResponse.newBuilder().setUnknown(forgets).build());
            out.onCompleted();
            forgets = false;
        }

        synchronized void forget() {
            forgets = true;
        }
    }

    @Test
    void itTellsHowTheWorkerStandsAndRegistersAgainWhenItIsForgotten() throws Exception {
        FakePlacement placement = new FakePlacement(0);
        Server server = serve(placement);
        try (Registrar registrar = registrar(server)) {
            registrar.start();
            for (int i = 0; i < 3; i++) {
                assertThat(placement.heartbeats.poll(20, TimeUnit.SECONDS))
                        .isEqualTo(
                                HeartbeatRequest.newBuilder()
                                        .setWorker("w1")
                                        .addAllReplicas(REPORT.getReplicasList())
                                        .setCapacity(REPORT.getCapacity())
                                        .setStartedAtMs(7)
                                        .build());
            }
            assertThat(placement.asked).containsExactly(WORKER);
            placement.forget();
            assertThat(placement.asked.poll(20, TimeUnit.SECONDS)).isEqualTo(WORKER);
            assertThat(placement.asked.poll(20, TimeUnit.SECONDS)).isEqualTo(WORKER);
        } finally {
            server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private static Registrar registrar(Server server) {
        return new Registrar(
                new Address("127.0.0.1", server.getPort()),
                WORKER,
                () -> REPORT,
                Duration.ofMillis(10),
                Instant.ofEpochMilli(7));
    }

    private static Server serve(FakePlacement placement) throws Exception {
        return Servers.configure(
                        NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .addService(placement)
                .build()
                .start();
    }

    @Test
    void itTriesAgainUntilPlacementTakesTheWorker() throws Exception {
        FakePlacement placement = new FakePlacement(2);
        Server server = serve(placement);
        try (Registrar registrar = registrar(server)) {
            registrar.start();
            assertThat(registrar.await(Duration.ofSeconds(20))).isTrue();
            assertThat(placement.asked).containsExactly(WORKER, WORKER, WORKER);
        } finally {
            server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void itCanBeClosedWhileItTries() throws Exception {
        FakePlacement placement = new FakePlacement(Integer.MAX_VALUE);
        Server server = serve(placement);
        try {
            Registrar registrar = registrar(server);
            registrar.start();
            assertThat(placement.asked.poll(20, TimeUnit.SECONDS)).isEqualTo(WORKER);
            registrar.close();
            assertThat(registrar.await(Duration.ZERO)).isFalse();
        } finally {
            server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }
}
