package io.vectron.cli.client;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.stub.AbstractBlockingStub;
import io.vectron.common.limit.Limits;
import io.vectron.common.rpc.Address;
import io.vectron.proto.v1.ClusterServiceGrpc;
import io.vectron.proto.v1.CollectionServiceGrpc;
import io.vectron.proto.v1.DeadLetterServiceGrpc;
import io.vectron.proto.v1.PointServiceGrpc;
import io.vectron.proto.v1.TraceServiceGrpc;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A channel to one gateway. Safe for use by several threads. Each stub is for one call: its
 * deadline begins when it is asked for. Calls end with {@link io.grpc.StatusRuntimeException}.
 *
 * <p>What is set here is set for the time that a command takes to start: an address without gRPC's
 * resolver of names, one thread for the network, no native transport to unpack.
 */
public final class Connection implements AutoCloseable {
    private final Address address;
    private final Duration timeout;
    private final EventLoopGroup network;
    private final ManagedChannel channel;

    /**
     * A connection, which is opened by its first call.
     *
     * @param timeout how long each call may take
     */
    @SuppressWarnings(
            "deprecation") // what takes its place loads the machinery of several transports
    public Connection(Address address, Duration timeout) {
        this.address = address;
        this.timeout = timeout;
        network =
                new MultiThreadIoEventLoopGroup(
                        1,
                        Thread.ofPlatform().name("network").daemon().factory(),
                        NioIoHandler.newFactory());
        channel =
                NettyChannelBuilder.forAddress(
                                new InetSocketAddress(address.host(), address.port()))
                        .usePlaintext()
                        .eventLoopGroup(network)
                        .channelType(NioSocketChannel.class)
                        .proxyDetector(target -> null)
                        .disableRetry()
                        .maxInboundMessageSize(Limits.MESSAGE_BYTES)
                        .build();
    }

    /** The gateway. */
    public Address address() {
        return address;
    }

    /** Collections. */
    public CollectionServiceGrpc.CollectionServiceBlockingStub collections() {
        return timed(CollectionServiceGrpc.newBlockingStub(channel));
    }

    /** Points. */
    public PointServiceGrpc.PointServiceBlockingStub points() {
        return timed(PointServiceGrpc.newBlockingStub(channel));
    }

    /** Dead letters. */
    public DeadLetterServiceGrpc.DeadLetterServiceBlockingStub letters() {
        return timed(DeadLetterServiceGrpc.newBlockingStub(channel));
    }

    /** Traces. */
    public TraceServiceGrpc.TraceServiceBlockingStub traces() {
        return timed(TraceServiceGrpc.newBlockingStub(channel));
    }

    /** The cluster. */
    public ClusterServiceGrpc.ClusterServiceBlockingStub cluster() {
        return timed(ClusterServiceGrpc.newBlockingStub(channel));
    }

    /** gRPC's health service. */
    public HealthGrpc.HealthBlockingStub health() {
        return timed(HealthGrpc.newBlockingStub(channel));
    }

    /** Has the next call try a lost connection at once, instead of after gRPC's growing pauses. */
    public void tryAgain() {
        channel.resetConnectBackoff();
    }

    /** Gives up calls in flight. */
    @Override
    public void close() {
        channel.shutdownNow();
        var _ = network.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
    }

    private <S extends AbstractBlockingStub<S>> S timed(S stub) {
        return stub.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
