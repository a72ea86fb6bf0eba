package io.vectron.gateway.route;

import io.grpc.Deadline;
import io.vectron.common.collection.CollectionRules;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.rpc.ViewWatcher;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.placement.v1.View;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The gateway's routes: always those of the newest view that placement sent. Any thread. */
public final class Routes {

    /** Owner of every collection until there are others. */
    public static final String TENANT = "";

    private final ViewWatcher watcher;
    private volatile @Nullable RouteTable table;

    /** Reads the views of a watcher that the caller starts and closes. */
    public Routes(ViewWatcher watcher) {
        this.watcher = watcher;
    }

    /**
     * The newest routes.
     *
     * @throws VectronException PLACEMENT_UNAVAILABLE before the first view
     */
    public RouteTable current() {
        View view = watcher.current();
        if (view == null) {
            throw new VectronException(
                    ErrorCode.PLACEMENT_UNAVAILABLE, "placement has not sent its view yet");
        }
        RouteTable known = table;
        if (known == null || known.version() != view.getVersion()) {
            known = RouteTable.of(view, TENANT);
            table = known;
        }
        return known;
    }

    /**
     * The collection of that name, in any state.
     *
     * @param field path of the field that names it, for the error
     * @throws VectronException INVALID_COLLECTION_NAME, COLLECTION_NOT_FOUND or
     *     PLACEMENT_UNAVAILABLE
     */
    public CollectionRoute find(String name, String field) {
        try {
            CollectionRules.requireName(name);
        } catch (VectronException e) {
            throw new VectronException(e.code(), field, String.valueOf(e.getMessage()));
        }
        CollectionRoute route = current().find(name);
        if (route == null) {
            throw new VectronException(
                    ErrorCode.COLLECTION_NOT_FOUND, field, "there is no collection '" + name + "'");
        }
        return route;
    }

    /**
     * The collection of that name, which can be written and searched.
     *
     * @throws VectronException as {@link #find}, or COLLECTION_NOT_READY
     */
    public CollectionRoute ready(String name) {
        CollectionRoute route = find(name, "collection");
        String life =
                switch (route.state()) {
                    case COLLECTION_STATE_READY -> "ready";
                    case COLLECTION_STATE_DELETING -> "being deleted";
                    case COLLECTION_STATE_CREATING -> "being created";
                    case COLLECTION_STATE_UNSPECIFIED, UNRECOGNIZED -> "in an unknown state";
                };
        if (route.state() != CollectionState.COLLECTION_STATE_READY) {
            throw new VectronException(
                    ErrorCode.COLLECTION_NOT_READY,
                    "collection",
                    "collection '" + name + "' is " + life);
        }
        if (route.shards().size() != route.facts().getShards()) {
            throw new VectronException(
                    ErrorCode.COLLECTION_NOT_READY,
                    "collection",
                    "collection '" + name + "' has no active generation");
        }
        return route;
    }

    /**
     * Waits until these routes stand on a view of at least that version.
     *
     * @return whether they do
     */
    public boolean await(long version, Deadline deadline) throws InterruptedException {
        long leftNanos = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS));
        return watcher.awaitVersion(version, Duration.ofNanos(leftNanos)) != null;
    }
}
