package io.vectron.common.rpc;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.vectron.proto.placement.v1.PlacementServiceGrpc;
import io.vectron.proto.placement.v1.View;
import io.vectron.proto.placement.v1.WatchViewRequest;
import io.vectron.proto.placement.v1.WatchViewResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest view that placement has sent. One named thread watches; it reconnects with
 * back-off and goes round placement's addresses. The view survives a loss of placement: parts go on
 * with the last one they saw. Versions never fall, even when another placement node lags behind.
 *
 * <p>Every method may be called by any thread. Listeners are called one at a time, with versions
 * that rise, and must not block.
 */
public final class ViewWatcher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ViewWatcher.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Channels channels;
    private final List<Address> placement;
    private final Thread thread;

    /** Held while listeners are called; taken before lock. */
    private final Object delivery = new Object();

    private final List<Consumer<View>> listeners = new ArrayList<>(); // guarded by delivery
    private final Object lock = new Object();
    private @Nullable View view; // guarded by lock
    private Context.@Nullable CancellableContext call; // guarded by lock
    private boolean closed; // guarded by lock

    /**
     * A watcher; {@link #start} starts it.
     *
     * @param channels pool to connect through; the caller closes it, after this
     * @param placement addresses of the placement nodes, at least one
     * @param name ends the name of the thread, {@code view-watcher-<name>}
     */
    public ViewWatcher(Channels channels, List<Address> placement, String name) {
        if (placement.isEmpty()) {
            throw new IllegalArgumentException("no placement address is given");
        }
        this.channels = channels;
        this.placement = List.copyOf(placement);
        thread = Thread.ofPlatform().name("view-watcher-" + name).daemon().unstarted(this::watch);
    }

    /** Starts watching; returns at once. */
    public ViewWatcher start() {
        thread.start();
        return this;
    }

    /** The newest view; null before the first. */
    public @Nullable View current() {
        synchronized (lock) {
            return view;
        }
    }

    /** Whether a view has arrived. */
    public boolean ready() {
        return current() != null;
    }

    /** Calls {@code listener} with the current view, if there is one, and with each later one. */
    public void addListener(Consumer<View> listener) {
        synchronized (delivery) {
            listeners.add(listener);
            View now = current();
            if (now != null) {
                deliver(listener, now);
            }
        }
    }

    /**
     * Waits for a view of at least {@code version}.
     *
     * @return that view or a newer one; null if it did not arrive in time, or the watcher closed
     */
    public @Nullable View awaitVersion(long version, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (lock) {
            while (view == null || view.getVersion() < version) {
                long leftNanos = deadline - System.nanoTime();
                if (leftNanos <= 0 || closed) {
                    return null;
                }
                // Rounded up: zero would wait for ever.
                lock.wait(leftNanos / 1_000_000 + 1);
            }
            return view;
        }
    }

    /** Stops watching. Listeners are not called any more when this returns. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            if (call != null) {
                call.cancel(null);
            }
            lock.notifyAll();
        }
        thread.interrupt();
        try {
            if (!thread.equals(Thread.currentThread())) {
                thread.join(CLOSE_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        int failures = 0;
        for (int next = 0; ; next = (next + 1) % placement.size()) {
            Context.CancellableContext context = Context.current().withCancellation();
            synchronized (lock) {
                if (closed) {
                    return;
                }
                call = context;
            }
            Address address = placement.get(next);
            boolean heard = false;
            try {
                heard = watch(context, address);
            } catch (StatusRuntimeException e) {
                log.debug("lost the view of placement at {}: {}", address, e.getStatus());
            } finally {
                context.cancel(null);
            }
            failures = heard ? 0 : failures + 1;
            if (!pause(failures)) {
                return;
            }
        }
    }

    /** Follows one stream to its end; whether at least one view came. */
    private boolean watch(Context.CancellableContext context, Address address) {
        boolean[] heard = {false};
        context.run(() -> {
            Iterator<WatchViewResponse> views =
                    PlacementServiceGrpc.newBlockingStub(channels.to(address))
                            .watchView(WatchViewRequest.getDefaultInstance());
            while (views.hasNext()) {
                accept(views.next().getView());
                heard[0] = true;
            }
        });
        return heard[0];
    }

    private void accept(View next) {
        synchronized (delivery) {
            synchronized (lock) {
                if (closed || (view != null && !isNewer(next, view))) {
                    return;
                }
                view = next;
                lock.notifyAll();
            }
            listeners.forEach(listener -> deliver(listener, next));
        }
    }

    /** Of one version, the one told later knows the leaders better. */
    private static boolean isNewer(View next, View known) {
        return next.getVersion() > known.getVersion()
                || (next.getVersion() == known.getVersion()
                        && next.getToldAtMs() > known.getToldAtMs());
    }

    private static void deliver(Consumer<View> listener, View view) {
        try {
            listener.accept(view);
        } catch (RuntimeException e) {
            log.error("a listener failed on view {}", view.getVersion(), e);
        }
    }

    private boolean pause(int failures) {
        long pauseMs = FIRST_PAUSE.toMillis() << Math.min(failures, 10);
        pauseMs = Math.min(pauseMs, LONGEST_PAUSE.toMillis());
        // Half of it by chance, so that a restarted placement is not met by all at once.
        pauseMs = pauseMs / 2 + ThreadLocalRandom.current().nextLong(pauseMs / 2 + 1);
        try {
            Thread.sleep(pauseMs);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
