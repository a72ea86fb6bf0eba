package io.vectron.common.rpc;

import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.vectron.common.limit.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One gRPC channel an address, opened at first use and kept until this pool is closed. Thread-safe.
 * The services bring the transport.
 *
 * <p>gRPC waits up to two minutes before it tries a lost peer again, and fails every call until
 * then. That is too long for shards that come back within seconds, so this pool has all lost peers
 * tried again every second.
 */
public final class Channels implements AutoCloseable {
    /** How often a channel with a call in flight asks whether its peer is still there. */
    static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RETRY_LOST = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Map<Address, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final Thread retry;
    private boolean closed; // guarded by this

    /** An empty pool. */
    public Channels() {
        this(RETRY_LOST);
    }

    Channels(Duration retryLost) {
        retry =
                Thread.ofPlatform()
                        .name("channels-retry")
                        .daemon()
                        .start(() -> retryLost(retryLost));
    }

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
        List<ManagedChannel> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(channels.values());
            channels.clear();
        }
        retry.interrupt();
        open.forEach(ManagedChannel::shutdownNow);
        long deadline = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
        try {
            for (ManagedChannel channel : open) {
                channel.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void retryLost(Duration pause) {
        try {
            while (true) {
                Thread.sleep(pause);
                for (ManagedChannel channel : channels.values()) {
                    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
                        channel.resetConnectBackoff();
                    }
                }
            }
        } catch (InterruptedException e) {
            // Closed.
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
