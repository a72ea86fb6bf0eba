package io.vectron.placement.api;

import io.grpc.stub.ServerCallStreamObserver;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.run.Heartbeats;
import io.vectron.placement.state.ReplicatedCatalog;
import io.vectron.placement.state.Signal;
import io.vectron.proto.placement.v1.WatchViewResponse;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Sends views to watchers. A named thread waits for changes; a watcher whose connection takes no
 * more for the moment gets the newest view when it does, and never an older one. While another
 * member leads, nobody is served: its views would be old.
 */
public final class ViewFeed implements AutoCloseable {
    private static final long CLOSE_TIMEOUT_MS = 2_000;
    private static final long NOTHING = -1;

    private final ReplicatedCatalog catalog;
    private final Heartbeats heartbeats;
    private final Supplier<VectronException> notLeader;
    private final int limit;
    private final Semaphore places;
    private final Signal signal = new Signal();
    private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
    private final Thread loop;
    private final Object making = new Object();
    private Shown shown =
            new Shown(NOTHING, 0, 0, WatchViewResponse.getDefaultInstance()); // making
    private volatile long leadersTold; // grows with each change of a leader
    private volatile boolean closed;

    /**
     * @param heartbeats tells who leads the shards
     * @param limit streams at a time
     * @param notLeader the error to end streams with while another member leads
     */
    public ViewFeed(
            ReplicatedCatalog catalog,
            Heartbeats heartbeats,
            int limit,
            Supplier<VectronException> notLeader) {
        this.catalog = catalog;
        this.heartbeats = heartbeats;
        this.limit = limit;
        this.places = new Semaphore(limit);
        this.notLeader = notLeader;
        this.loop = Thread.ofPlatform().name("placement-views").unstarted(this::loop);
    }

    /** Begins. To be called once. */
    public void start() {
        catalog.listen(signal::raise);
        heartbeats.listen(this::leadersChanged);
        loop.start();
    }

    /**
     * Adds a watcher and sends it the view.
     *
     * @throws VectronException NOT_LEADER, SHUTTING_DOWN; OVERLOADED if there are too many
     */
    void watch(ServerCallStreamObserver<WatchViewResponse> observer) {
        if (closed) {
            throw shuttingDown();
        }
        if (!catalog.leads()) {
            throw notLeader.get();
        }
        if (!places.tryAcquire()) {
            throw new VectronException(
                    ErrorCode.OVERLOADED, limit + " streams of views are open already");
        }
        Watcher watcher = new Watcher(observer);
        observer.setOnCancelHandler(() -> leave(watcher));
        observer.setOnCloseHandler(() -> leave(watcher));
        observer.setOnReadyHandler(watcher::offer);
        watchers.add(watcher);
        watcher.offer();
        if (closed) {
            watcher.end(shuttingDown()); // close() may have looked before we were among them
        }
    }

    /** Streams that are open. */
    int watching() {
        return watchers.size();
    }

    /** Ends all streams. */
    @Override
    public void close() {
        closed = true;
        loop.interrupt();
        try {
            loop.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watchers.forEach(watcher -> watcher.end(shuttingDown()));
    }

    private void loop() {
        try {
            while (true) {
                long seen = signal.count();
                if (catalog.leads()) {
                    watchers.forEach(Watcher::offer);
                } else {
                    watchers.forEach(watcher -> watcher.end(notLeader.get()));
                }
                signal.await(seen, Signal.FOREVER_NANOS);
            }
        } catch (InterruptedException closing) {
            // close() ends the streams
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // a lost count still is another one than before
    private void leadersChanged() {
        leadersTold++;
        signal.raise();
    }

    /** The newest view, made once for all watchers. */
    private Shown newest() {
        synchronized (making) {
            Cluster cluster = catalog.cluster();
            long leaders = leadersTold;
            if (shown.version() < cluster.version() || shown.leaders() != leaders) {
                long toldAtMs = Math.max(System.currentTimeMillis(), shown.toldAtMs() + 1);
                shown =
                        new Shown(
                                cluster.version(),
                                leaders,
                                toldAtMs,
                                WatchViewResponse.newBuilder()
                                        .setView(
                                                Views.of(cluster).toBuilder()
                                                        .addAllLeaders(heartbeats.leaders())
                                                        .setToldAtMs(toldAtMs))
                                        .build());
            }
            return shown;
        }
    }

    private void leave(Watcher watcher) {
        if (watchers.remove(watcher)) {
            places.release();
        }
    }

    private static VectronException shuttingDown() {
        return new VectronException(ErrorCode.SHUTTING_DOWN, "placement is stopping");
    }

    /** A view, its version, and its place among the views of that version. */
    private record Shown(long version, long leaders, long toldAtMs, WatchViewResponse response) {}

    /** One stream. */
    private final class Watcher {
        private final ServerCallStreamObserver<WatchViewResponse> observer; // guarded by this
        private long sent = NOTHING; // guarded by this
        private boolean ended; // guarded by this

        Watcher(ServerCallStreamObserver<WatchViewResponse> observer) {
            this.observer = observer;
        }

        /** Sends the newest view, unless it has it or its connection is busy. */
        synchronized void offer() {
            if (ended || observer.isCancelled() || !observer.isReady()) {
                return;
            }
            Shown newest = newest();
            if (newest.toldAtMs() > sent) {
                sent = newest.toldAtMs();
                observer.onNext(newest.response());
            }
        }

        synchronized void end(VectronException why) {
            if (!ended) {
                ended = true;
                leave(this);
                if (!observer.isCancelled()) {
                    observer.onError(why);
                }
            }
        }
    }
}
