package io.vectron.common.rpc;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.vectron.common.limit.Limits;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One gRPC channel an address, opened at first use and kept until this pool is closed. Thread-safe.
 * The services bring the transport.
 */
public final class Channels implements AutoCloseable {
    /** How often a channel with a call in flight asks whether its peer is still there. */
    static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Map<Address, ManagedChannel> channels = new HashMap<>(); // guarded by this
    private boolean closed; // guarded by this

    /**
     * The channel to an address.
     *
     * @throws IllegalStateException if the pool is closed
     */
    public synchronized ManagedChannel to(Address address) {
        if (closed) {
            throw new IllegalStateException("channels are closed");
        }
        return channels.computeIfAbsent(address, Channels::open);
    }

    /** Gives up the channel to an address that is gone; calls in flight are cancelled. */
    public synchronized void drop(Address address) {
        ManagedChannel channel = channels.remove(address);
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    /** Cancels all calls and waits a few seconds until the channels are gone. */
    @Override
    public void close() {
        Map<Address, ManagedChannel> open;
        synchronized (this) {
            closed = true;
            open = Map.copyOf(channels);
            channels.clear();
        }
        open.values().forEach(ManagedChannel::shutdownNow);
        long deadline = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
        try {
            for (ManagedChannel channel : open.values()) {
                channel.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ManagedChannel open(Address address) {
        return Grpc.newChannelBuilder(address.toString(), InsecureChannelCredentials.create())
                .maxInboundMessageSize(Limits.MESSAGE_BYTES)
                .keepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .build();
    }
}
