package io.vectron.gateway.rest.route;

import io.vectron.gateway.rest.RestCall;
import io.vectron.gateway.rest.Route;
import io.vectron.gateway.rest.RouteGroup;
import io.vectron.gateway.service.ClusterOperations;
import io.vectron.proto.v1.GetClusterStatusRequest;
import java.io.IOException;
import java.util.List;

/** {@code vectron.v1.ClusterService} over HTTP. */
public final class ClusterRoutes implements RouteGroup {

    private final ClusterOperations cluster;

    /** Serves these operations. */
    public ClusterRoutes(ClusterOperations cluster) {
        this.cluster = cluster;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/v1/status", this::status));
    }

    private void status(RestCall call) throws IOException {
        call.answer(cluster.status(GetClusterStatusRequest.getDefaultInstance(), call.deadline()));
    }
}
