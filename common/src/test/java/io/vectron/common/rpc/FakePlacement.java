package io.vectron.common.rpc;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vectron.proto.placement.v1.CreateCollectionRequest;
import io.vectron.proto.placement.v1.CreateCollectionResponse;
import io.vectron.proto.placement.v1.DeleteCollectionRequest;
import io.vectron.proto.placement.v1.DeleteCollectionResponse;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.View;
import io.vectron.proto.placement.v1.WatchViewRequest;
import io.vectron.proto.placement.v1.WatchViewResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A placement node over real gRPC that says what a test tells it to. */
final class FakePlacement implements AutoCloseable {
    private final Server server;
    private final List<StreamObserver<WatchViewResponse>> watchers = new CopyOnWriteArrayList<>();
    private volatile long version;

    FakePlacement(int port, long version, Supplier<? extends RuntimeException> failure)
            throws IOException {
        this.version = version;
        server =
                Servers.configure(
                                NettyServerBuilder.forAddress(
                                        new InetSocketAddress(
                                                InetAddress.getLoopbackAddress(), port),
                                        InsecureServerCredentials.create()))
                        .addService(new Service(failure))
                        .build()
                        .start();
    }

    FakePlacement(long version) throws IOException {
        this(0, version, IllegalStateException::new);
    }

    Address address() {
        return new Address("127.0.0.1", server.getPort());
    }

    int watchers() {
        return watchers.size();
    }

    void publish(long next) {
        version = next;
        for (StreamObserver<WatchViewResponse> watcher : watchers) {
            watcher.onNext(response(next));
        }
    }

    @Override
    public void close() {
        try {
            server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static WatchViewResponse response(long version) {
        return WatchViewResponse.newBuilder()
                .setView(View.newBuilder().setVersion(version))
                .build();
    }

    private final class Service extends PlacementServiceGrpc.PlacementServiceImplBase {
        private final Supplier<? extends RuntimeException> failure;

        Service(Supplier<? extends RuntimeException> failure) {
            this.failure = failure;
        }

        @Override
        public void watchView(WatchViewRequest request, StreamObserver<WatchViewResponse> out) {
            ((ServerCallStreamObserver<WatchViewResponse>) out)
                    .setOnCancelHandler(() -> watchers.remove(out));
            out.onNext(response(version));
            watchers.add(out);
        }

        @Override
        public void createCollection(
                CreateCollectionRequest request, StreamObserver<CreateCollectionResponse> out) {
            throw failure.get();
        }

        @Override
        public void deleteCollection(
                DeleteCollectionRequest request, StreamObserver<DeleteCollectionResponse> out) {
            out.onError(failure.get());
        }
    }
}
